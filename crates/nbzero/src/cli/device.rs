//! `--device`: the Burn devices that this build knows.

use burn::tensor::Device;
use clap::ValueEnum;

/// Where tensors live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceName {
    /// Pure Rust on the CPU.
    Flex,
    /// CUDA, the first GPU.
    #[cfg(feature = "cuda")]
    Cuda,
    /// WebGPU, the system's default adapter.
    #[cfg(feature = "wgpu")]
    Wgpu,
    /// libtorch on the CPU.
    #[cfg(feature = "tch")]
    Tch,
}

impl DeviceName {
    /// The name at the command line and in records.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            #[cfg(feature = "cuda")]
            Self::Cuda => "cuda",
            #[cfg(feature = "wgpu")]
            Self::Wgpu => "wgpu",
            #[cfg(feature = "tch")]
            Self::Tch => "tch",
        }
    }

    /// The device itself.
    pub(crate) fn open(self) -> Device {
        match self {
            Self::Flex => Device::flex(),
            #[cfg(feature = "cuda")]
            Self::Cuda => Device::cuda(0_usize),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
            #[cfg(feature = "tch")]
            Self::Tch => Device::libtorch(),
        }
    }
}

/// The choice of a device.
#[derive(Debug, clap::Args)]
pub(crate) struct DeviceArgument {
    /// Where to compute.
    #[arg(long, value_enum, default_value = "flex")]
    pub(crate) device: DeviceName,
}
