#!/usr/bin/env python3
"""Runs sam6d and the peers of peers.py over BOP folders, folder by folder in one run, one thread
each and without masks, and prints a table: average recall, CPU seconds an object, margin of sam6d.

All of them know which objects are in a picture, and how many. The peers' seconds are the search
alone; those of sam6d contain its share of the picture's preparation. Folders whose figures are in
OUT/figures.json already are not run again.

  python3 benchmarks/peers/side_by_side.py --build build/default --out /tmp/peers DIR...
"""
import argparse
import json
import re
import subprocess
from pathlib import Path

import peers

METHODS = {  # arguments of peers.py
    "PPF": ["--method", "opencv-ppf", "--fine"],
    "FPFH": ["--method", "open3d-fpfh", "--runs", "5"],
}
ORDERS = ("own", "reranked")


def run_sam6d(build, dataset):
    """Average recall, number of targets, CPU seconds an object."""
    program = build / "benchmarks" / "bench_search_bop"
    text = subprocess.run(
        [program, dataset, "--threads", "1"], check=True, capture_output=True, text=True
    ).stdout
    recall = float(re.search(r"^AR ([\d.]+)", text, re.M).group(1))
    targets = int(re.search(r"^instances (\d+)", text, re.M).group(1))
    times = re.search(r"^pictures (\d+): ([\d.]+) ms each; queries (\d+): ([\d.]+) ms", text, re.M)
    pictures, picture_ms, queries, query_ms = (float(x) for x in times.groups())
    return recall, targets, (pictures * picture_ms / queries + query_ms) / 1000


def run_peer(build, dataset, method, out):
    """Average recall and CPU seconds an object by order of the hypotheses."""
    arguments = METHODS[method] + ["--remove-plane", "--known", "nothing"]
    arguments += ["--dataset", str(dataset), "--out", str(out)]
    results = peers.run(peers.make_parser().parse_args(arguments))
    figures = {}
    for order in ORDERS:
        scores = Path(f"{out}_{order}.json")
        subprocess.run(
            [build / "examples" / "cli" / "sam6d", "eval", "--quiet", "--threads", "1"]
            + ["--dataset", dataset, "--results", f"{out}_nothing_{order}.csv", "--json", scores],
            check=True, stdout=subprocess.DEVNULL,
        )
        seconds = results[f"nothing_{order}"].seconds
        recall = json.loads(scores.read_text())["ar"]
        figures[order] = (recall, sum(seconds), len(seconds))
    return figures


def row(name, figures):
    targets, recall, seconds = figures["targets"], figures["recall"], figures["seconds"]
    cells = [name, str(targets), f"{recall:.3f}", f"{seconds:.3f}"]
    best_recall, best_seconds = -1.0, 0.0
    for method in METHODS:
        by_order = figures[method]
        taken = by_order["reranked"][1] / by_order["reranked"][2]
        cells += [f"{by_order['own'][0]:.3f} / {by_order['reranked'][0]:.3f}", f"{taken:.2f}"]
        for order in ORDERS:
            if by_order[order][0] > best_recall:
                best_recall, best_seconds = by_order[order][0], taken
    cells += [f"{recall - best_recall:+.3f}", f"{best_seconds / seconds:.0f} x"]
    print("| " + " | ".join(cells) + " |", flush=True)


def total(all_figures):
    """Targets weigh the same; so do queries."""
    targets = sum(f["targets"] for f in all_figures)

    def mean(value):
        return sum(value(f) * f["targets"] for f in all_figures) / targets

    queries = [f["PPF"]["own"][2] for f in all_figures]
    result = {"targets": targets, "recall": mean(lambda f: f["recall"])}
    result["seconds"] = sum(
        f["seconds"] * n for f, n in zip(all_figures, queries)
    ) / sum(queries)
    for method in METHODS:
        result[method] = {
            order: (
                mean(lambda f: f[method][order][0]),
                sum(f[method][order][1] for f in all_figures),
                sum(queries),
            )
            for order in ORDERS
        }
    return result


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--build", required=True, type=Path, help="build folder of sam6d")
    parser.add_argument("--out", required=True, type=Path, help="folder for the peers' results")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    store = args.out / "figures.json"
    done = json.loads(store.read_text()) if store.exists() else {}
    for dataset in args.datasets:
        if dataset.name in done:
            continue
        figures = {}
        figures["recall"], figures["targets"], figures["seconds"] = run_sam6d(args.build, dataset)
        for method in METHODS:
            out = args.out / f"{dataset.name}_{method.lower()}"
            figures[method] = run_peer(args.build, dataset, method, out)
        done[dataset.name] = figures
        store.write_text(json.dumps(done, indent=1) + "\n")
    print(
        "| data | targets | AR sam6d | s | AR PPF own / reranked | s "
        "| AR FPFH own / reranked | s | above the better | faster than it |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for dataset in args.datasets:
        row(dataset.name, done[dataset.name])
    if len(args.datasets) > 1:
        row("all", total([done[dataset.name] for dataset in args.datasets]))


if __name__ == "__main__":
    main()
