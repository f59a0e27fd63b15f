//! The instruction sets, and which of them a process uses.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// The environment variable that forces an instruction set: `portable`, `avx2` or `avx512`.
const VARIABLE: &str = "NBZERO_SIMD";

/// An instruction set that the kernels have code for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust on every machine; the compiler makes 128-bit vectors where it can.
    Portable,
    /// 256-bit vectors and fused multiply-add (x86-64 since 2013).
    Avx2,
    /// 512-bit vectors, twice as many registers (Intel servers since 2017, AMD since Zen 4).
    Avx512,
}

/// Why a process may not use the instruction set that `NBZERO_SIMD` names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IsaError {
    /// No such name.
    #[error(
        "{VARIABLE} is `{0}`: use portable, avx2 or avx512, or leave it unset for the best that the machine has"
    )]
    Unknown(String),
    /// The machine cannot run it.
    #[error("{VARIABLE} is `{wanted}`, which this machine lacks: it has up to {best}")]
    Missing {
        /// What was asked for.
        wanted: Isa,
        /// The best that the machine has.
        best: Isa,
    },
}

impl Isa {
    /// The best instruction set of this machine.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            return Self::Avx2;
        }
        Self::Portable
    }

    /// All instruction sets that this machine can run, the best last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let best = Self::detect();
        let all = [Self::Portable, Self::Avx2, Self::Avx512];
        all.into_iter().filter(|isa| *isa <= best).collect()
    }

    /// The instruction set that `NBZERO_SIMD` names, or the best of this machine where it is not set.
    ///
    /// # Errors
    ///
    /// When it names none, or one that this machine lacks. Programs say so when they start; kernels that
    /// are called without an instruction set then use the best one.
    pub fn from_environment() -> Result<Self, IsaError> {
        let best = Self::detect();
        let Some(name) = std::env::var_os(VARIABLE) else {
            return Ok(best);
        };
        let wanted: Self = name.to_string_lossy().parse()?;
        if wanted > best {
            return Err(IsaError::Missing { wanted, best });
        }
        Ok(wanted)
    }

    /// What kernels use that are called without an instruction set: read once from the environment.
    #[must_use]
    pub fn chosen() -> Self {
        static CHOSEN: OnceLock<Isa> = OnceLock::new();
        *CHOSEN.get_or_init(|| Self::from_environment().unwrap_or_else(|_| Self::detect()))
    }

    /// Stops a caller who forces an instruction set that this machine lacks.
    pub(crate) fn check(self) {
        assert!(
            self <= Self::detect(),
            "this machine cannot run {self:?} code"
        );
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}

impl FromStr for Isa {
    type Err = IsaError;

    fn from_str(name: &str) -> Result<Self, IsaError> {
        match name {
            "portable" => Ok(Self::Portable),
            "avx2" => Ok(Self::Avx2),
            "avx512" => Ok(Self::Avx512),
            _ => Err(IsaError::Unknown(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_refused() {
        for isa in [Isa::Portable, Isa::Avx2, Isa::Avx512] {
            assert_eq!(isa.to_string().parse(), Ok(isa));
        }
        let told = "AVX2".parse::<Isa>().unwrap_err().to_string();
        assert!(told.contains("`AVX2`") && told.contains("portable, avx2 or avx512"));
    }

    #[test]
    fn a_machine_has_all_sets_up_to_its_best() {
        let available = Isa::available();
        assert_eq!(available[0], Isa::Portable);
        assert_eq!(available.last(), Some(&Isa::detect()));
        assert!(available.is_sorted() && available.contains(&Isa::chosen()));
    }
}
