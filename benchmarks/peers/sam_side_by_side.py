#!/usr/bin/env python3
"""SAM's decoder beside the published Python one: same tensors, same threads, taking turns.

usage: sam_side_by_side.py REFERENCE TOOL [--rounds 3] [--threads 2] [--points 64] [--encoder]
REFERENCE is a checkout of facebookresearch/segment-anything; TOOL is the built sam6d. Both get the
formula's weights (an encoder of one small block, unless --encoder asks for ViT-H) and a made-up embedding.
Prints the medians and their ratio, and how far the masks and predictions are apart.
Needs the Python packages numpy, torch, torchvision and safetensors.
"""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from safetensors.torch import load_file, save_file

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("reference")
parser.add_argument("tool")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--points", type=int, default=64)
parser.add_argument("--encoder", action="store_true")
arguments = parser.parse_args()
sys.path.insert(0, arguments.reference)
from segment_anything.build_sam import _build_sam  # noqa: E402

SMALL = {"width": 64, "depth": 1, "heads": 1, "global_blocks": [0]}
VIT_H = {"width": 1280, "depth": 32, "heads": 16, "global_blocks": [7, 15, 23, 31]}


def formula(name, shape):
    """The numbers of src/checkpoint/formula_weights.hpp."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    elements = math.prod(shape)
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(value) + numpy.arange(1, elements + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
    u = ((z >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2.0**-23) - numpy.float32(1)).reshape(shape)
    if len(shape) == 1:
        return numpy.float32(1) + numpy.float32(0.1) * u if name.endswith(".weight") else numpy.float32(0.05) * u
    scale = math.sqrt(3 / (elements / shape[0])) if name.endswith(".weight") else 0.1
    return numpy.float32(scale) * u


def median(seconds):
    return f"{statistics.median(seconds):.3f} s ({min(seconds):.3f} to {max(seconds):.3f})"


torch.set_grad_enabled(False)
torch.set_num_threads(arguments.threads)
sizes = VIT_H if arguments.encoder else SMALL
sam = _build_sam(sizes["width"], sizes["depth"], sizes["heads"], sizes["global_blocks"])
for name, tensor in sam.state_dict().items():
    tensor.copy_(torch.from_numpy(numpy.ascontiguousarray(formula(name, tuple(tensor.shape)))))
torch.manual_seed(0)
inputs = {"input": torch.randn(1, 3, 1024, 1024)} if arguments.encoder else {
    "embedding": torch.randn(1, 256, 64, 64),
    "points_in": torch.rand(arguments.points, 2, dtype=torch.float64) * 1024,
}


def theirs_once():
    if arguments.encoder:
        return {"embedding": sam.image_encoder(inputs["input"])}
    labels = torch.ones(arguments.points, 1, dtype=torch.int)
    sparse, dense = sam.prompt_encoder((inputs["points_in"][:, None], labels), None, None)
    masks, quality = sam.mask_decoder.predict_masks(
        inputs["embedding"], sam.prompt_encoder.get_dense_pe(), sparse, dense)
    return {"low_res_all": masks, "iou_all": quality}


model = "sam-encoder" if arguments.encoder else "sam-decoder"
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    save_file(inputs, folder / "in.safetensors")
    (folder / "config.json").write_text(json.dumps(sizes))
    theirs, ours = [], []
    for _ in range(arguments.rounds):
        for repeat in range(1 if arguments.encoder else 2):
            start = time.perf_counter()
            expected = theirs_once()
            theirs.append(time.perf_counter() - start)
        output = subprocess.run(
            [arguments.tool, "forward", model, "--weights", "synthetic", "--in", folder / "in.safetensors",
             "--out", folder / "out.safetensors", "--config", folder / "config.json", "--threads",
             str(arguments.threads), "--repeat", "1" if arguments.encoder else "3"],
            check=True, capture_output=True, text=True)
        line = json.loads(output.stdout.strip().splitlines()[-1])
        ours += line["seconds"]
    found = load_file(folder / "out.safetensors")

print(f"reference {median(theirs)}")
print(f"sam6d     {median(ours)}, peak {line['peak_rss_mib']:.0f} MiB")
print(f"ratio     {statistics.median(theirs) / statistics.median(ours):.2f}")
for name, value in expected.items():
    print(f"{name} apart by {(found[name] - value).abs().max():.2g}, largest {value.abs().max():.2g}")
