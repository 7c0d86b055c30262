#!/usr/bin/env python3
"""The pose network beside the published Python one: same tensors, same threads, taking turns.

usage: pem_side_by_side.py TIMER REFERENCE TOOL [--rounds 5] [--threads 2] [--batch 1]
TIMER runs the published network once and writes its tensors (pem_inputs.safetensors,
pem_outputs.safetensors) and a JSON line with forward_s; REFERENCE is the checkout that it takes; TOOL is
the built sam6d. Both get the synthetic weights, the object is onboarded in both. Prints the medians and
their ratio, and how far the poses are apart.
Needs the Python packages numpy and safetensors, and those of TIMER.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy
from safetensors.numpy import load_file

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("timer")
parser.add_argument("reference")
parser.add_argument("tool")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--batch", type=int, default=1)
arguments = parser.parse_args()


def last_json_line(command):
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(output.stdout.strip().splitlines()[-1])


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    theirs, ours = [], []
    for _ in range(arguments.rounds):
        line = last_json_line([sys.executable, arguments.timer, arguments.reference, folder,
                               "--threads", arguments.threads, "--repeat", 3, "--batch", arguments.batch])
        theirs += line["forward_s"]
        line = last_json_line([arguments.tool, "forward", "pem", "--weights", "synthetic",
                               "--in", folder / "pem_inputs.safetensors", "--out", folder / "ours.safetensors",
                               "--threads", arguments.threads, "--repeat", 4])
        ours += line["seconds"][1:]  # TIMER warms up, too
    expected = load_file(folder / "pem_outputs.safetensors")
    found = load_file(folder / "ours.safetensors")

turn = numpy.einsum("bij,bik->bjk", expected["pred_R"].astype(float), found["pred_R"].astype(float))
cosine = numpy.clip((numpy.trace(turn, axis1=1, axis2=2) - 1) / 2, -1, 1)
print(f"reference {statistics.median(theirs):.3f} s ({min(theirs):.3f} to {max(theirs):.3f})")
print(f"sam6d     {statistics.median(ours):.3f} s ({min(ours):.3f} to {max(ours):.3f}), "
      f"peak {line['peak_rss_mib']:.0f} MiB")
print(f"ratio     {statistics.median(theirs) / statistics.median(ours):.2f}")
print(f"poses apart by {numpy.degrees(numpy.arccos(cosine)).max():.4f} degrees, "
      f"{1000 * numpy.abs(expected['pred_t'] - found['pred_t']).max():.5f} mm, "
      f"score {numpy.abs(expected['pred_pose_score'] - found['pred_pose_score']).max():.6f}")
