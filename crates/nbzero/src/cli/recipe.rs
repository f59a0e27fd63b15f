//! `--recipe` and `--epochs`: how networks are trained.

use std::num::NonZeroUsize;

use nbzero_train::Recipe;

/// The choice of a recipe.
#[derive(Debug, clap::Args)]
pub(crate) struct RecipeArguments {
    /// The training recipe: mini, short, long, or paper (which is for a GPU); with other settings as
    /// in short,epochs=32,mixup=0.2.
    #[arg(long, default_value = "mini")]
    recipe: Recipe,
    /// Passes over the training images [default: those of the recipe].
    #[arg(long, value_parser = epochs)]
    epochs: Option<NonZeroUsize>,
}

impl RecipeArguments {
    /// The recipe, shortened or lengthened as asked for.
    pub(crate) fn chosen(&self) -> Recipe {
        let mut recipe = self.recipe;
        recipe.epochs = self.epochs.map_or(recipe.epochs, NonZeroUsize::get);
        recipe
    }
}

/// Parses a number of epochs.
fn epochs(text: &str) -> Result<NonZeroUsize, String> {
    let epochs = text.parse().ok();
    let epochs = epochs.filter(|epochs: &NonZeroUsize| epochs.get() <= Recipe::MOST_EPOCHS);
    epochs.ok_or_else(|| format!("expected a whole number from 1 to {}", Recipe::MOST_EPOCHS))
}
