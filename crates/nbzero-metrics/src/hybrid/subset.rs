//! Which proxies of a pool a hybrid is made of.

use std::fmt;

use serde::Serialize;

use crate::Error;

/// A subset of the proxies of a [`Pool`](crate::Pool), by their positions there.
///
/// The same subset can be asked of several pools: the proxies that were found on one are then
/// judged on another.
///
/// ```
/// use nbzero_metrics::Subset;
///
/// let subset = Subset::new(&[3, 0])?;
/// assert_eq!(subset.members().collect::<Vec<_>>(), [0, 3]);
/// assert_eq!(subset.bits(), 0b1001);
/// # Ok::<(), nbzero_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Subset(u64);

impl Subset {
    /// Most proxies that a pool can have, and positions are below it.
    pub const MOST_MEMBERS: usize = 64;

    /// The subset of the proxies at these positions, in any order; one given twice counts once.
    pub fn new(members: &[usize]) -> Result<Self, Error> {
        let mut bits = 0_u64;
        for &member in members {
            if member >= Self::MOST_MEMBERS {
                return Err(Error::Member {
                    member,
                    members: Self::MOST_MEMBERS,
                });
            }
            bits |= 1 << member;
        }
        if bits == 0 {
            return Err(Error::NoMembers);
        }
        Ok(Self(bits))
    }

    /// `bits` has at least one bit set, all below [`Self::MOST_MEMBERS`].
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Bit i is set if the proxy at position i belongs to the subset.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Number of proxies, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a subset is never empty")]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The positions, lowest first.
    pub fn members(self) -> impl Iterator<Item = usize> {
        (0..Self::MOST_MEMBERS).filter(move |member| self.0 >> member & 1 == 1)
    }

    /// Checks that all members are among the `members` of a pool.
    pub(crate) fn check(self, members: usize) -> Result<(), Error> {
        match self.members().find(|&member| member >= members) {
            Some(member) => Err(Error::Member { member, members }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Subset {
    /// The positions, as in `0+3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, member) in self.members().enumerate() {
            let plus = if i == 0 { "" } else { "+" };
            write!(f, "{plus}{member}")?;
        }
        Ok(())
    }
}
