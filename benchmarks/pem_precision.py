#!/usr/bin/env python3
"""What bfloat16 and float16 cost the pose network, in degrees and millimetres, without trained weights.

usage: pem_precision.py TOOL FOLDER... [--fit 16] [--evaluate 16] [--dtype NAME...] [--threads 2]
TOOL is the built sam6d; FOLDER is in BOP's layout (bench_make_scenes writes such). Synthetic weights
match a crop with views of a CAD model like noise. So the object's view here is the observed crop itself,
its points (5000, drawn anew) moved by the inverse of the true pose, and the last layer before each of the
two matchings (out_proj) is replaced: it centres and whitens the tokens of crops, which makes those of
different places different; the temperature is halved. All other weights stay the synthetic ones, and the
whole network runs. The layers are fitted on crops of every other picture, in float32; the pictures
between are out of sample.
Needs the Python packages numpy, safetensors and opencv-python.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import cv2
import numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

KEPT_DIRECTIONS = 20  # of the tokens; weaker ones are shrunk, so that noise is not blown up
TEMPERATURE = 0.05  # of the similarities; published: 0.1
BATCH = 8
CROP_PX = 224
MAX_RADIUS_M = 0.25  # points further from the middle are another surface seen through a wrong mask pixel

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("tool")
parser.add_argument("folder", nargs="+", type=pathlib.Path)
parser.add_argument("--fit", type=int, default=16)
parser.add_argument("--evaluate", type=int, default=16)
parser.add_argument("--dtype", nargs="+", default=["bfloat16", "float16"])
parser.add_argument("--threads", type=int, default=2)
arguments = parser.parse_args()
random = numpy.random.default_rng(0)


def crop(rgb, depth_mm, mask, camera, truth):
    """The network's inputs of one instance, or nothing where too little of it is seen."""
    seen = (mask > 0) & (depth_mm > 0)
    if seen.sum() < 1000:
        return None
    rows, columns = numpy.nonzero(seen)
    side = min(max(numpy.ptp(rows), numpy.ptp(columns)) + 1, min(seen.shape)) // 2 * 2
    top, left = (min(max((int(places.min()) + int(places.max()) + 1 - side) // 2, 0), limit - side)
                 for places, limit in ((rows, seen.shape[0]), (columns, seen.shape[1])))
    window = slice(top, top + side), slice(left, left + side)
    rows, columns = numpy.nonzero(seen[window])
    z = depth_mm[window][rows, columns] / 1000
    K = numpy.reshape(camera["cam_K"], (3, 3))
    points = numpy.stack([(columns + left - K[0, 2]) * z / K[0, 0], (rows + top - K[1, 2]) * z / K[1, 1], z], 1)
    pixels = rows * CROP_PX // side * CROP_PX + columns * CROP_PX // side
    near = numpy.linalg.norm(points - numpy.median(points, 0), axis=1) < MAX_RADIUS_M
    points, pixels = points[near], pixels[near]

    R = numpy.reshape(truth["cam_R_m2c"], (3, 3))
    t = numpy.array(truth["cam_t_m2c"]) / 1000
    in_object = (points - t) @ R
    observed, view, model = (random.choice(len(points), n, replace=len(points) < n) for n in (2048, 5000, 1024))
    picture = cv2.resize(rgb[window] * seen[window][..., None].astype(numpy.uint8), (CROP_PX, CROP_PX))
    return {"rgb_u8": picture, "rgb_choose": pixels[observed].astype(numpy.int32),
            "pts": points[observed].astype(numpy.float32), "model": in_object[model].astype(numpy.float32),
            "tem1_rgb_u8": picture, "tem1_choose": pixels[view].astype(numpy.int32),
            "tem1_pts": in_object[view].astype(numpy.float32),
            "rand": random.random(18000, dtype=numpy.float32), "R": R, "t": t}


def crops_by_picture(folder):
    for scene in sorted((folder / "test").iterdir()):
        cameras = json.loads((scene / "scene_camera.json").read_text())
        for picture, truths in json.loads((scene / "scene_gt.json").read_text()).items():
            name = f"{int(picture):06d}"
            rgb = cv2.imread(str(scene / "rgb" / f"{name}.png"))  # blue, green, red, as the network wants
            depth = cv2.imread(str(scene / "depth" / f"{name}.png"), -1) * cameras[picture]["depth_scale"]
            masks = [cv2.imread(str(scene / "mask_visib" / f"{name}_{i:06d}.png"), 0) for i in range(len(truths))]
            found = [crop(rgb, depth, mask, cameras[picture], truth) for mask, truth in zip(masks, truths)]
            yield [one for one in found if one]


def forward(crops, weights, dtype, folder, keep):
    """Runs the network on crops, some at a time; the outputs that `keep` names."""
    outputs = []
    for start in range(0, len(crops), BATCH):
        some = crops[start:start + BATCH]
        save_file({name: numpy.ascontiguousarray(numpy.stack([one[name] for one in some]))
                   for name in some[0] if name not in ("R", "t")}, folder / "in.safetensors")
        save_file(weights, folder / "layers.safetensors")
        (folder / "config.json").write_text(json.dumps({"temperature": TEMPERATURE}))
        stages = ["--stages"] if any("block" in name for name in keep) else []
        subprocess.run([arguments.tool, "forward", "pem", "--weights", "synthetic", "--quiet",
                        *(["--weights", folder / "layers.safetensors"] if weights else []),
                        "--config", folder / "config.json", "--in", folder / "in.safetensors",
                        "--out", folder / "out.safetensors", "--dtype", dtype,
                        "--threads", str(arguments.threads), *stages], check=True, stdout=subprocess.DEVNULL)
        with safe_open(folder / "out.safetensors", "numpy") as file:
            outputs.append([file.get_tensor(name) for name in keep])
    return [numpy.concatenate(parts) for parts in zip(*outputs)]


def whitening(tokens, part):
    """out_proj that gives tokens mean 0 and their strong directions one length."""
    tokens = tokens.reshape(-1, tokens.shape[-1]).astype(float)
    mean = tokens.mean(0)
    variances, directions = numpy.linalg.eigh(numpy.cov((tokens - mean).T))
    weight = directions / numpy.sqrt(variances + variances[-1 - KEPT_DIRECTIONS]) @ directions.T
    return {f"{part}_point_matching.out_proj.weight": weight.astype(numpy.float32),
            f"{part}_point_matching.out_proj.bias": (-weight @ mean).astype(numpy.float32)}


def fit(crops, folder):
    layers = {}
    for part in ("coarse", "fine"):  # the fine tokens hang on the coarse pose
        blocks = forward(crops, layers, "float32", folder, [f"{part}_block2_f1", f"{part}_block2_f2"])
        layers |= whitening(numpy.concatenate([block[:, 1:] for block in blocks], 1), part)
    return layers


def errors(poses, others):
    turns = [numpy.linalg.norm(a.astype(float) - b) for a, b in zip(poses[0], others[0])]
    degrees = numpy.degrees(2 * numpy.arcsin(numpy.minimum(1, numpy.array(turns) / 8 ** 0.5)))
    return degrees, 1000 * numpy.linalg.norm(poses[1].astype(float) - others[1], axis=1)


def report(label, poses, others):
    degrees, mm = errors(poses, others)
    cells = [f"{numpy.median(e):.3f} ({e.max():.3f})" for e in (degrees, mm)]
    print(f"| {label} | {cells[0]} | {cells[1]} | {(degrees > 1).sum()} |", flush=True)


pictures = [found for folder in arguments.folder for found in crops_by_picture(folder)]
sets = {"fitted on": (sum(pictures[::2], []), arguments.fit),
        "out of sample": (sum(pictures[1::2], []), arguments.evaluate)}
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for name, (crops, count) in sets.items():
        sets[name] = [crops[i] for i in random.permutation(len(crops))[:count]]
    layers = fit(sets["fitted on"], folder)
    print("| crops | | degrees, median (worst) | mm, median (worst) | over 1 degree |\n|---|---|---|---|---|")
    for name, crops in sets.items():
        truth = [numpy.stack([one[key] for one in crops]) for key in ("R", "t")]
        label = f"{len(crops)} {name}"
        exact = forward(crops, layers, "float32", folder, ["pred_R", "pred_t"])
        report(f"{label} | float32 against the truth", exact, truth)
        for dtype in arguments.dtype:
            poses = forward(crops, layers, dtype, folder, ["pred_R", "pred_t"])
            report(f"{label} | {dtype} against the truth", poses, truth)
            report(f"{label} | {dtype} against float32", poses, exact)
