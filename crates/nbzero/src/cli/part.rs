//! `--shard I/N`: one of several parts of a list of jobs that cost about the same.

use std::cmp::Reverse;
use std::env;
use std::str::FromStr;

use anyhow::anyhow;

/// The number of a part, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) number: usize,
    pub(crate) of: usize,
}

impl FromStr for Part {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" || text.starts_with("auto/") {
            return Self::of_task(text, |name| env::var(name).ok());
        }
        let parts = text.split_once('/');
        let parsed = parts.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parsed {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(anyhow!(
                "`{text}` is no shard: expected I/N with I from 1 to N, such as 1/2, or auto"
            )),
        }
    }
}

impl Part {
    /// The part of the task of a batch system that this process is: `auto` where the system says how
    /// many there are, `auto/N` where it does not, or where only some of them are run.
    fn of_task(text: &str, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let number = |name: &str| variable(name).and_then(|value| value.parse::<usize>().ok());
        let asked = match text.strip_prefix("auto/") {
            None => None,
            Some(of) => match of.parse().ok().filter(|&of: &usize| of > 0) {
                None => {
                    return Err(anyhow!(
                        "`{text}` is no shard: expected auto/N, such as auto/4"
                    ));
                }
                of => of,
            },
        };
        let (index, of) = if let Some(id) = number("SLURM_ARRAY_TASK_ID") {
            if let Some(of) = asked {
                (id, of)
            } else {
                let first = number("SLURM_ARRAY_TASK_MIN").unwrap_or(0);
                let of = number("SLURM_ARRAY_TASK_COUNT").unwrap_or(0);
                let index = id.checked_sub(first).ok_or_else(|| {
                    anyhow!(
                        "SLURM_ARRAY_TASK_ID is {id}, below SLURM_ARRAY_TASK_MIN, which is {first}: one of \
                         the two is not that of this task; give --shard I/N"
                    )
                })?;
                (index, of)
            }
        } else if let Some(index) = number("JOB_COMPLETION_INDEX") {
            let of = asked.ok_or_else(|| {
                anyhow!(
                    "Kubernetes does not say how many tasks a job has: give --shard auto/N with the \
                     job's completions"
                )
            })?;
            (index, of)
        } else {
            return Err(anyhow!(
                "this is no task of a batch system: neither SLURM_ARRAY_TASK_ID nor \
                 JOB_COMPLETION_INDEX is set; give --shard I/N"
            ));
        };
        if index >= of {
            return Err(anyhow!(
                "task {index} is none of {of} that are counted from 0: number the array's tasks from \
                 0 without gaps, or give --shard auto/N"
            ));
        }
        Ok(Self {
            number: index + 1,
            of,
        })
    }

    /// The jobs of this part, in the order of the list.
    ///
    /// From the most expensive to the cheapest, each job goes to the part that has least so far
    /// (Graham's rule: no part is more than a third above the best division). It depends on the
    /// list alone, so every machine divides it in the same way.
    pub(crate) fn of_jobs<T>(self, jobs: Vec<T>, cost: impl Fn(&T) -> u64) -> Vec<T> {
        let mut dearest_first: Vec<(Reverse<u64>, usize)> = jobs
            .iter()
            .enumerate()
            .map(|(index, job)| (Reverse(cost(job)), index))
            .collect();
        dearest_first.sort_unstable();
        let mut loads = vec![0_u128; self.of.min(jobs.len())];
        let mut ours = vec![false; jobs.len()];
        for (Reverse(cost), index) in dearest_first {
            // `min_by_key` takes the first of equal ones.
            let least = (0..loads.len()).min_by_key(|&part| loads[part]);
            let least = least.expect("a job is there, hence a part");
            loads[least] += u128::from(cost);
            ours[index] = least + 1 == self.number;
        }
        let numbered = jobs.into_iter().zip(ours);
        numbered
            .filter_map(|(job, ours)| ours.then_some(job))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Costs that differ a hundred times, as networks do.
    fn costs() -> Vec<u64> {
        (0..300_u64)
            .map(|i| 60_000 + (i * i * 7919) % 5_940_000)
            .collect()
    }

    fn parts(costs: &[u64], of: usize) -> Vec<Vec<u64>> {
        (1..=of)
            .map(|number| Part { number, of }.of_jobs(costs.to_vec(), |&cost| cost))
            .collect()
    }

    #[test]
    fn parts_cost_the_same_and_miss_nothing() {
        for of in [1, 2, 3, 7] {
            let parts = parts(&costs(), of);
            let loads: Vec<u64> = parts.iter().map(|part| part.iter().sum()).collect();
            let (least, most) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
            assert!((most - least) as f64 <= 0.01 * *most as f64, "{loads:?}");
            let mut all = parts.concat();
            let mut expected = costs();
            all.sort_unstable();
            expected.sort_unstable();
            assert_eq!(all, expected);
        }
    }

    #[test]
    fn a_part_keeps_the_order_of_the_list() {
        let list: Vec<usize> = (0..300).collect();
        let costs = costs();
        for number in 1..=3 {
            let part = Part { number, of: 3 };
            assert!(part.of_jobs(list.clone(), |&i| costs[i]).is_sorted());
        }
    }

    #[test]
    fn equal_costs_are_dealt_in_turn() {
        assert_eq!(
            Part { number: 2, of: 3 }.of_jobs((0..7).collect(), |_| 5),
            [1, 4]
        );
    }

    #[test]
    fn there_may_be_more_parts_than_jobs() {
        assert_eq!(parts(&[5, 6], 4), [vec![6], vec![5], vec![], vec![]]);
        assert!(parts(&[], 2).concat().is_empty());
    }

    #[test]
    fn a_task_knows_its_part() {
        let of = |text: &str, variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let part = Part::of_task(text, variable);
            part.map(|part| (part.number, part.of))
                .map_err(|error| error.to_string())
        };
        let slurm = |id, min, count| {
            [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_COUNT", count),
            ]
        };
        assert_eq!(of("auto", &slurm("0", "0", "4")), Ok((1, 4)));
        assert_eq!(of("auto", &slurm("4", "1", "4")), Ok((4, 4)));
        assert_eq!(of("auto/8", &slurm("4", "4", "1")), Ok((5, 8)));
        let gaps = of("auto", &slurm("6", "0", "4")).unwrap_err();
        assert!(gaps.starts_with("task 6 is none of 4"), "{gaps}");
        let below = of("auto", &slurm("0", "2", "4")).unwrap_err();
        assert!(below.contains("below SLURM_ARRAY_TASK_MIN"), "{below}");
        let kubernetes = [("JOB_COMPLETION_INDEX", "2")];
        assert_eq!(of("auto/3", &kubernetes), Ok((3, 3)));
        assert!(of("auto", &kubernetes).unwrap_err().contains("auto/N"));
        assert!(of("auto/2", &kubernetes).is_err());
        assert!(of("auto/0", &kubernetes).is_err());
        assert!(of("auto", &[]).unwrap_err().contains("no task"));
    }

    #[test]
    fn only_parts_that_exist_parse() {
        assert_eq!("2/3".parse::<Part>().unwrap(), Part { number: 2, of: 3 });
        for text in ["0/2", "3/2", "1", "a/b", "1/0", "1/2/3", ""] {
            let error = text.parse::<Part>().unwrap_err().to_string();
            assert!(error.contains("no shard"), "{error}");
        }
    }
}
