//! `--device`: the Burn devices, those included that this build or this machine lacks.

use burn::tensor::Device;
#[cfg(feature = "wgpu")]
use burn::tensor::DeviceKind;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
use burn::tensor::DeviceType;
use clap::ValueEnum;
use clap::builder::{EnumValueParser, TypedValueParser};
use nbzero_ops::Isa;

/// Where tensors live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceName {
    /// Pure Rust on the CPU.
    Flex,
    /// CUDA, the first GPU (a build with the feature cuda).
    Cuda,
    /// WebGPU, the system's default adapter (a build with the feature wgpu).
    Wgpu,
    /// libtorch on the CPU (a build with the feature tch).
    Tch,
}

impl DeviceName {
    /// The name at the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
            Self::Tch => "tch",
        }
    }

    /// The device itself, or why there is none. Burn panics on the first tensor of a device without
    /// hardware, so that is looked for here.
    fn find(self) -> Result<Device, String> {
        match self {
            Self::Flex => match Isa::from_environment() {
                Ok(_) => Ok(Device::flex()),
                Err(error) => Err(error.to_string()),
            },
            #[cfg(feature = "cuda")]
            Self::Cuda if Device::enumerate(DeviceType::Cuda).is_empty() => {
                Err("there is no NVIDIA GPU with its driver: use flex".to_owned())
            }
            #[cfg(feature = "cuda")]
            Self::Cuda => Ok(Device::cuda(0_usize)),
            #[cfg(feature = "wgpu")]
            Self::Wgpu if Device::enumerate(DeviceType::Wgpu).is_empty() => {
                Err("there is no GPU with a driver for Vulkan or Metal: use flex".to_owned())
            }
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Ok(Device::wgpu(DeviceKind::DefaultDevice)),
            #[cfg(feature = "tch")]
            #[expect(
                deprecated,
                reason = "Burn recommends other devices, and still supports this one"
            )]
            Self::Tch => Ok(Device::libtorch()),
            #[cfg(not(all(feature = "cuda", feature = "wgpu", feature = "tch")))]
            missing => Err(format!(
                "this program was built without it: build it with `--features {}`",
                missing.name()
            )),
        }
    }
}

/// A device that is there, with its name.
#[derive(Debug, Clone)]
pub(crate) struct NamedDevice {
    name: DeviceName,
    device: Device,
}

impl NamedDevice {
    /// The name in records. The kernels of `flex` differ by instruction set, in the last bits of their
    /// results.
    pub(crate) fn describe(&self) -> String {
        match self.name {
            DeviceName::Flex => format!("flex, {:?} kernels", Isa::chosen()),
            other => other.name().to_owned(),
        }
    }

    /// The device itself.
    pub(crate) fn open(&self) -> Device {
        self.device.clone()
    }
}

/// Refuses a device that is not there while the arguments are read, before any work.
fn named_device() -> impl TypedValueParser<Value = NamedDevice> {
    EnumValueParser::<DeviceName>::new().try_map(|name| {
        let device = name.find()?;
        Ok::<_, String>(NamedDevice { name, device })
    })
}

/// The choice of a device.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DeviceArgument {
    /// Where to compute.
    #[arg(long, value_parser = named_device(), default_value = "flex")]
    pub(crate) device: NamedDevice,
}
