"""Training a network."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from nbzero import _nbzero
from nbzero._networks import Network, network as read
from nbzero._options import options
from nbzero._progress import progress as told


@dataclass(frozen=True)
class Trained:
    """A trained network's accuracies."""

    #: The network.
    network: str
    #: Top-1 accuracy on the test images, in percent.
    test_accuracy: float
    #: The same on the images that are held back for searches; ``None`` where there are none.
    validation_accuracy: float | None
    #: Mean loss over the steps of the last epoch, in nats.
    train_loss: float
    #: Which images it was trained on, in words.
    images: str
    #: How it was trained, in words.
    recipe: str


def train(
    network: Network,
    data: str,
    *,
    recipe: str = "mini",
    epochs: int | None = None,
    resolution: int | str | None = None,
    weights: str | PathLike[str] | None = None,
    seed: int = 0,
    save: str | PathLike[str] | None = None,
    device: str = "flex",
    progress: bool = True,
) -> Trained:
    """Trains one network and measures its accuracy.

    Args:
        network: as of :func:`score`; a module is left as it is, ``save`` has the weights.
        data: ``cifar10:DIR``, ``cifar100:DIR``, ``imagenet16:DIR``, ``folder:DIR`` or ``npz:FILE``.
        recipe: ``mini``, ``short``, ``long`` or ``paper``, with other settings as in
            ``short,epochs=32,mixup=0.2``.
        epochs: passes over the training images; those of the recipe by default.
        resolution: the images are resized to this height and width; as stored by default.
        weights: to begin with, as of :func:`score`.
        seed: decides initial weights, order and augmentation.
        save: a safetensors file for the trained weights.

    Raises:
        ValueError: wrong arguments, or images that do not fit the network.
        RuntimeError: the training diverged.
    """
    given = read(network, None, resolution)
    if given.fixed is not None and not isinstance(network, (str, bytes)):
        resolution = None
    words = options(
        data=data,
        recipe=recipe,
        epochs=epochs,
        resolution=resolution,
        weights=weights,
        seed=seed,
        save=save,
        device=device,
    )
    with told(progress, "steps") as tell:
        return Trained(**_nbzero.train(given, words, tell))
