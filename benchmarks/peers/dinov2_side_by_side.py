#!/usr/bin/env python3
"""DINOv2 beside the published Python one: same pictures, same threads, taking turns.

usage: dinov2_side_by_side.py REFERENCE TOOL [--rounds 2] [--threads 2] [--crops 16] [--dtype bfloat16] [--weights FILE]
REFERENCE is a checkout of github.com/facebookresearch/dinov2; TOOL is the built sam6d. Both get ViT-L/14 with the
synthetic weights (in FILE, which is made where it is missing) and crops of noise. The reference runs in float32;
TOOL in --dtype, too. Prints the medians and their ratio, and how far the tokens are apart.
Needs the Python packages numpy, safetensors and torch.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("reference")
parser.add_argument("tool")
parser.add_argument("--rounds", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--crops", type=int, default=16)
parser.add_argument("--dtype", default="bfloat16")
parser.add_argument("--weights", type=pathlib.Path)
parser.add_argument("--time-reference", nargs=2, metavar=("IN", "OUT"), help=argparse.SUPPRESS)
arguments = parser.parse_args()


def formula(name, shape):
    """The synthetic weights of sam6d: src/checkpoint/formula_weights.hpp."""
    import numpy
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    count = int(numpy.prod(shape))
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
    u = (z >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2**-23) - numpy.float32(1)
    if name.endswith(".weight") and len(shape) == 1:
        values = 1 + numpy.float32(0.1) * u
    elif name.endswith(".gamma"):
        values = numpy.float32(0.5) + numpy.float32(0.1) * u
    elif len(shape) <= 1:
        values = numpy.float32(0.05) * u
    elif name.endswith(".weight"):
        values = numpy.float32((3 * shape[0] / count) ** 0.5) * u
    else:
        values = numpy.float32(0.1) * u
    return values.reshape(shape)


def time_reference(source, target):
    os.environ["XFORMERS_DISABLED"] = "1"
    sys.path.insert(0, arguments.reference)
    import torch
    from dinov2.models.vision_transformer import vit_large
    from safetensors.torch import load_file, save_file
    torch.set_num_threads(arguments.threads)
    network = vit_large(img_size=518, patch_size=14, init_values=1.0, ffn_layer="mlp", block_chunks=0).eval()
    if not arguments.weights.exists():
        save_file({name: torch.from_numpy(formula(name, tuple(tensor.shape)))
                   for name, tensor in network.state_dict().items()}, arguments.weights)
    network.load_state_dict(load_file(arguments.weights))
    images = load_file(source)["input"]
    seconds = []
    with torch.inference_mode():
        network(images[:1])
        for _ in range(2):
            start = time.perf_counter()
            found = network(images, is_training=True)
            seconds.append(time.perf_counter() - start)
    save_file({"cls": found["x_norm_clstoken"].contiguous(), "patch": found["x_norm_patchtokens"].contiguous()},
              target)
    print(json.dumps({"seconds": seconds}))


def last_json_line(command):
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(output.stdout.strip().splitlines()[-1])


def side_by_side(folder):
    import numpy
    from safetensors.numpy import load_file, save_file
    weights = arguments.weights or folder / "weights.safetensors"
    random = numpy.random.default_rng(1)
    save_file({"input": random.standard_normal((arguments.crops, 3, 224, 224), numpy.float32)},
              folder / "in.safetensors")
    seconds = {"reference": [], "float32": [], arguments.dtype: []}
    for _ in range(arguments.rounds):
        line = last_json_line([sys.executable, __file__, arguments.reference, arguments.tool, "--threads",
                               arguments.threads, "--weights", weights, "--time-reference", folder / "in.safetensors",
                               folder / "reference.safetensors"])
        seconds["reference"] += line["seconds"]
        for dtype in dict.fromkeys(["float32", arguments.dtype]):
            line = last_json_line([arguments.tool, "forward", "dinov2", "--weights", "synthetic", "--in",
                                   folder / "in.safetensors", "--out", folder / f"{dtype}.safetensors",
                                   "--threads", arguments.threads, "--repeat", 3, "--dtype", dtype])
            seconds[dtype] += line["seconds"][1:]  # the reference warms up, too
    expected = load_file(folder / "reference.safetensors")
    usual = statistics.median(seconds["reference"])
    for name, times in seconds.items():
        print(f"{name:10} {statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f}), "
              f"{statistics.median(times) / usual:.2f} of the reference's time")
        if name == "reference":
            continue
        found = load_file(folder / f"{name}.safetensors")
        for tokens in ("cls", "patch"):
            a, b = expected[tokens].astype(float), found[tokens].astype(float)
            cosine = (a * b).sum(-1) / numpy.linalg.norm(a, axis=-1) / numpy.linalg.norm(b, axis=-1)
            print(f"{'':10} {tokens}: off by at most {numpy.abs(a - b).max():.2g}, least cosine {cosine.min():.6f}")


if arguments.time_reference:
    time_reference(*arguments.time_reference)
else:
    with tempfile.TemporaryDirectory() as temporary:
        side_by_side(pathlib.Path(temporary))
