"""The networks in PyTorch, with the parameter names of nbzero."""
from torch import nn
from torch.nn import functional as F


def convolution(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


class Projection(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.conv = convolution(inputs, outputs, kernel, stride)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, maps):
        return self.bn(self.conv(maps))


class Block(nn.Module):
    def __init__(self, family, inputs, width, stride):
        super().__init__()
        inner = {"r1": width, "r2": width // 4, "mb": 6 * inputs}[family]
        if family == "r1":
            convs = [convolution(inputs, width, 3, stride), convolution(width, width, 3)]
        else:
            groups = inner if family == "mb" else 1
            convs = [
                convolution(inputs, inner, 1),
                convolution(inner, inner, 3, stride, groups),
                convolution(inner, width, 1),
            ]
        for number, conv in enumerate(convs, 1):
            self.add_module(f"conv{number}", conv)
            self.add_module(f"bn{number}", nn.BatchNorm2d(conv.out_channels))
        self.count = len(convs)
        self.inverted = family == "mb"
        self.identity = stride == 1 and inputs == width
        self.linked = self.identity or not self.inverted
        if self.linked and not self.identity:
            self.shortcut = Projection(inputs, width, 1, stride)

    def forward(self, maps):
        activation = F.relu6 if self.inverted else F.relu
        out = maps
        for number in range(1, self.count + 1):
            out = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(out))
            if number < self.count:
                out = activation(out)
        if self.linked:
            out = out + (maps if self.identity else self.shortcut(maps))
        return out if self.inverted else activation(out)


class Stage(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.Sequential(*blocks)


class Network(nn.Module):
    def __init__(self, arch, classes):
        super().__init__()
        family, stem, stages = arch.split(":")
        channels = int(stem)
        self.activation = F.relu6 if family == "mb" else F.relu
        self.stem = Projection(3, channels, 3, 1)
        self.stages = nn.ModuleList()
        for text in stages.split(","):
            width, rest = text.split("x")
            depth, stride = map(int, rest.split("s"))
            blocks = []
            for number in range(depth):
                blocks.append(Block(family, channels, int(width), 1 if number else stride))
                channels = int(width)
            self.stages.append(Stage(blocks))
        self.head = nn.Linear(channels, classes)

    def features(self, images):
        maps = self.activation(self.stem(images))
        for stage in self.stages:
            maps = stage.blocks(maps)
        return maps

    def forward(self, images):
        return self.head(self.features(images).mean((2, 3)))
