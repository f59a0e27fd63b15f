"""Makes two files of what torchvision's AutoAugment does.

auto_augment.txt: its operations on a computed image. Each line is OPERATION LEVEL SIGN SIDE HASH,
where HASH is FNV-1a (64 bits) over the bytes of the result, plane by plane.

policies.txt: its tables. Each line is POLICY and two times OPERATION TENTHS LEVEL.

Written with torchvision 0.24.0 and Pillow 13.0.0:

    python auto_augment.py
"""

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import AutoAugment, AutoAugmentPolicy, _apply_op


def picture(side):
    """An image with edges, gradients and unevenly filled histograms; tests/auto_augment.rs too."""
    y, x = np.mgrid[0:side, 0:side]
    red = (x * 13 + y * 5) % 200 + 20
    green = (x * x + 3 * y * y) // 7 % 190 + 30 * ((x // 3 + y // 5) % 2)
    blue = (x * 31 ^ y * 17) % 256
    return Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8))


def fnv(image):
    hash = 0xCBF29CE484222325
    for byte in np.asarray(image).transpose(2, 0, 1).tobytes():
        hash = (hash ^ byte) * 0x100000001B3 % 2**64
    return hash


with open("auto_augment.txt", "w") as out:
    for side in [9, 16, 32]:
        space = AutoAugment()._augmentation_space(10, (side, side))
        for name, (magnitudes, signed) in space.items():
            for level in range(10 if magnitudes.ndim else 1):
                for sign in [1, -1] if signed else [1]:
                    magnitude = sign * magnitudes.reshape(-1)[level].item()
                    changed = _apply_op(
                        picture(side), name, magnitude, InterpolationMode.NEAREST, None
                    )
                    direction = "+" if sign == 1 else "-"
                    print(name, level, direction, side, f"{fnv(changed):016x}", file=out)

with open("policies.txt", "w") as out:
    for policy in [AutoAugmentPolicy.CIFAR10, AutoAugmentPolicy.IMAGENET]:
        for steps in AutoAugment(policy).policies:
            words = [f"{name} {round(10 * chance)} {level or 0}" for name, chance, level in steps]
            print(policy.value, *words, file=out)
