//! Recipes written as text: a name, then what is otherwise, such as `short,epochs=32,mixup=0.2`.

use std::str::FromStr;

use crate::recipe::{Decayed, Recipe};

/// A text that names no recipe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownRecipe {
    /// No recipe has this name.
    #[error("`{0}` is no recipe: there are {names}", names = names())]
    Name(String),
    /// A setting that recipes do not have.
    #[error("`{0}` is no setting of a recipe: give one of {KEYS} as KEY=VALUE")]
    Key(String),
    /// A setting that is given a second time.
    #[error("the recipe's {0} is given twice: leave it out once")]
    Twice(String),
    /// A setting of a value that it cannot have.
    #[error("`{value}` is no value of the recipe's {key}: give {expected}")]
    Value {
        /// The setting.
        key: String,
        /// What was given.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

const KEYS: &str = "epochs, batch, learning-rate, warmup, momentum, nesterov, weight-decay, decay, \
                    zero-start, label-smoothing, auto-augment, mixup";

fn names() -> String {
    Recipe::ALL.map(|r| format!("`{}`", r.name())).join(", ")
}

/// `NAME`, or `NAME,KEY=VALUE,...` for a recipe with other settings. It keeps its name, and says
/// its settings where it is displayed.
impl FromStr for Recipe {
    type Err = UnknownRecipe;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let found = Self::ALL.into_iter().find(|recipe| recipe.name() == name);
        let mut recipe = found.ok_or_else(|| UnknownRecipe::Name(name.to_owned()))?;
        let mut given = Vec::new();
        for part in parts {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| UnknownRecipe::Key(part.to_owned()))?;
            if given.contains(&key) {
                return Err(UnknownRecipe::Twice(key.to_owned()));
            }
            given.push(key);
            change(&mut recipe, key, value)?;
        }
        Ok(recipe)
    }
}

fn change(recipe: &mut Recipe, key: &str, value: &str) -> Result<(), UnknownRecipe> {
    let refuse = |expected| UnknownRecipe::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        expected,
    };
    let number = |expected, least: f64, most: f64| match value.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(refuse(expected)),
    };
    let positive = |expected| match value.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err(refuse(expected)),
    };
    let share = || number("a number from 0 to below 1", 0.0, 1.0 - f64::EPSILON);
    let count = || {
        value
            .parse()
            .map_err(|_| refuse("a whole number from 1 on"))
    };
    let yes = || match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(refuse("`yes` or `no`")),
    };
    match key {
        "epochs" => {
            let epochs = std::num::NonZeroUsize::get(count()?);
            if epochs > Recipe::MOST_EPOCHS {
                return Err(refuse("a whole number from 1 to 1000000"));
            }
            recipe.epochs = epochs;
        }
        "batch" => recipe.batch = count()?,
        "learning-rate" => recipe.learning_rate = positive("a positive number")?,
        "warmup" => recipe.warmup = share()?,
        "momentum" => recipe.momentum = share()?,
        "nesterov" => recipe.nesterov = yes()?,
        "weight-decay" => {
            recipe.weight_decay = number("a number from 0 to 1", 0.0, 1.0)?;
        }
        "decay" => {
            recipe.decayed = match value {
                "all" => Decayed::All,
                "weights" => Decayed::Weights,
                _ => return Err(refuse("`all` or `weights`")),
            }
        }
        "zero-start" => recipe.zero_start = yes()?,
        "label-smoothing" => recipe.label_smoothing = share()?,
        "auto-augment" => recipe.auto_augment = yes()?,
        "mixup" if value == "no" => recipe.mixup = None,
        "mixup" => recipe.mixup = Some(number("a number from 0.01 to 100, or `no`", 0.01, 100.0)?),
        _ => return Err(UnknownRecipe::Key(key.to_owned())),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Recipe>().unwrap_err().to_string()
    }

    #[test]
    fn recipes_are_found_by_name() {
        for recipe in Recipe::ALL {
            assert_eq!(recipe.name().parse(), Ok(recipe));
        }
        assert_eq!(
            error("lang"),
            "`lang` is no recipe: there are `mini`, `short`, `long`, `paper`"
        );
    }

    #[test]
    fn each_setting_can_be_another() {
        let changed = "mini,epochs=2,batch=64,learning-rate=0.2,warmup=0,momentum=0.8,nesterov=no,\
                       weight-decay=0.001,decay=weights,zero-start=yes,label-smoothing=0,\
                       auto-augment=yes,mixup=0.2";
        let recipe: Recipe = changed.parse().unwrap();
        assert_eq!(
            recipe.to_string(),
            "mini: 2 epochs of batch 64, SGD with momentum 0.8, learning rate 0.2, cosine decay to \
             0, weight decay 0.001 on convolution and linear weights, label smoothing 0, random \
             flips and crops, AutoAugment, mixup with alpha 0.2, the last batch norm of each \
             residual branch starts at 0"
        );
        assert_eq!("paper,mixup=no".parse::<Recipe>().unwrap().mixup, None);
    }

    #[test]
    fn what_is_no_setting_is_refused_with_what_there_is() {
        assert!(
            error("mini,steps=3").contains("`steps` is no setting of a recipe: give one of epochs")
        );
        assert!(error("mini,epochs").contains("`epochs` is no setting"));
        for (text, expected) in [
            ("epochs=0", "a whole number from 1 on"),
            ("epochs=1000001", "a whole number from 1 to 1000000"),
            ("batch=-1", "a whole number from 1 on"),
            ("learning-rate=0", "a positive number"),
            ("learning-rate=NaN", "a positive number"),
            ("learning-rate=inf", "a positive number"),
            ("warmup=1", "a number from 0 to below 1"),
            ("weight-decay=2", "a number from 0 to 1"),
            ("decay=some", "`all` or `weights`"),
            ("zero-start=1", "`yes` or `no`"),
            ("mixup=0", "a number from 0.01 to 100, or `no`"),
        ] {
            let (key, value) = text.split_once('=').unwrap();
            assert_eq!(
                error(&format!("mini,{text}")),
                format!("`{value}` is no value of the recipe's {key}: give {expected}")
            );
        }
    }
}
