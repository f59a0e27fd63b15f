//! Sets of proxies by name: all, the default, by need and by year.

use std::str::FromStr;

use crate::{Definition, Needs, ProxyConstructor, proxies};

/// A set of proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// `all`: every proxy.
    All,
    /// `default`: the costs, and the proxies whose tau on published benchmarks nothing faster reaches
    /// ([`proxies::DEFAULT`]).
    Default,
    /// `nas-bench-zero`: the costs and the suite of that paper, whose scores the collected tables hold.
    NasBenchZero,
    /// `label-free`: those that look at no labels.
    LabelFree,
    /// `data-free`: those that look at no data at all.
    DataFree,
    /// A year, such as `2024`: those published in it.
    Year(u16),
    /// `since-2022`: those published in that year or later.
    Since(u16),
}

/// A name that is none of a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no group of proxies: there are all, default, nas-bench-zero, label-free, data-free, a year as 2024 and since-2022"
)]
pub struct UnknownGroup(pub String);

impl Group {
    /// The definitions of its proxies, in the order of [`proxies::ALL`]; empty of a year without any.
    pub fn definitions(self) -> impl Iterator<Item = Definition> {
        self.constructors().map(|make| make().definition())
    }

    pub(crate) fn constructors(self) -> impl Iterator<Item = ProxyConstructor> {
        let all = proxies::ALL.iter().copied().enumerate();
        let here = all.filter(move |(place, make)| self.has(*place, &make().definition()));
        here.map(|(_, make)| make)
    }

    fn has(self, place: usize, definition: &Definition) -> bool {
        match self {
            Self::All => true,
            Self::Default => proxies::DEFAULT.contains(&definition.name),
            Self::NasBenchZero => place < proxies::NAS_BENCH_ZERO,
            Self::LabelFree => definition.needs < Needs::Labels,
            Self::DataFree => definition.needs == Needs::Nothing,
            Self::Year(year) => definition.year == Some(year),
            Self::Since(year) => definition.year.is_some_and(|own| own >= year),
        }
    }
}

impl FromStr for Group {
    type Err = UnknownGroup;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let year = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let found = match name {
            "all" => Some(Self::All),
            "default" => Some(Self::Default),
            "nas-bench-zero" => Some(Self::NasBenchZero),
            "label-free" => Some(Self::LabelFree),
            "data-free" => Some(Self::DataFree),
            _ => match name.strip_prefix("since-") {
                Some(rest) => year(rest).map(Self::Since),
                None => year(name).map(Self::Year),
            },
        };
        found.ok_or_else(|| UnknownGroup(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(group: &str) -> Vec<&'static str> {
        let group: Group = group.parse().unwrap();
        group
            .definitions()
            .map(|definition| definition.name)
            .collect()
    }

    #[test]
    fn groups_follow_from_the_definitions() {
        assert_eq!(names("default"), proxies::DEFAULT);
        let suite = names("nas-bench-zero");
        assert_eq!((suite.len(), suite.last()), (14, Some(&"zen")));
        assert_eq!(names("all").len(), proxies::ALL.len());
        assert_eq!(names("2025"), ["vkdnw"]);
        assert!(names("1999").is_empty());
        let (label_free, data_free) = (names("label-free"), names("data-free"));
        assert!(data_free.iter().all(|name| label_free.contains(name)));
        assert!(label_free.contains(&"naswot") && !data_free.contains(&"naswot"));
        assert!(!label_free.contains(&"zico") && data_free.contains(&"flops"));
        let since = names("since-2024");
        assert!(since.contains(&"near") && since.contains(&"vkdnw") && !since.contains(&"zico"));
        for wrong in ["synflow", "24", "since-", "since-now", "label"] {
            assert_eq!(wrong.parse::<Group>(), Err(UnknownGroup(wrong.to_owned())));
        }
    }
}
