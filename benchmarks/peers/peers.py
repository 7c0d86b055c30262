#!/usr/bin/env python3
"""Runs two published libraries on a BOP data set and writes BOP19 results for `sam6d eval`.

Methods:
  opencv-ppf   point-pair features (Drost et al. 2010) and ICP of OpenCV's ppf_match_3d (contrib),
               with the settings of its sample ppf_load_match.py: every 40th scene point, scene
               sampled at 0.05 of its extent. With --fine model and scene are sampled evenly at 0.05
               of the object's diameter instead (OpenCV's own sampling is relative to the extents
               of either, axis by axis: it makes scenes too coarse, and models of long objects so
               dense that a search takes three times as long), with --references reference points.
  open3d-fpfh  FPFH features, RANSAC and point-to-plane ICP; settings of Open3D's tutorial "Global
               registration", with the voxel relative to the object's diameter.

Which objects are in a picture, and how many, is known (test_targets_bop19.json). Four results are
written: OUT_nothing_*.csv without masks, OUT_masks_*.csv with the true visible masks; *_own.csv in
the order of the library's own score, *_reranked.csv in that of the agreement of the hypotheses with
the depth picture, before ICP (which hypotheses it gets) and after it. With --remove-plane the largest plane is removed first. Seconds are of one core
and one thread; reading, normals and plane of the picture and the preparation of the model are not
counted. Peers of sam6d only: nothing here is used by the library.

  pip install -r benchmarks/peers/requirements.txt
  python3 benchmarks/peers/peers.py --method opencv-ppf --dataset DIR --out /tmp/ppf
"""
import argparse
import json
import os
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # read when the libraries below are loaded

import cv2
import numpy as np
import open3d as o3d

HYPOTHESES = 20  # an instance, that are refined by ICP and compared
SAMPLING = 0.05  # of the diameter: spacing of model and scene points
ICP_SAMPLING = 0.03  # of the diameter, opencv-ppf
FINEST_SCENE_STEP = 1 / 250  # of the scene's extent: OpenCV's memory grows with its third power


def load_json(path):
    with open(path) as file:
        return json.load(file)


class Model:
    """A CAD model: points with normals in millimetres, and what the methods prepare once."""

    def __init__(self, path, diameter):
        mesh = o3d.io.read_triangle_mesh(str(path))
        mesh.compute_vertex_normals()
        self.diameter = diameter
        o3d.utility.random.seed(0)
        self.cloud = mesh.sample_points_uniformly(20000, use_triangle_normal=True)
        self.points = np.asarray(self.cloud.points)
        self.normals = np.asarray(self.cloud.normals)

    def thinned(self, spacing):
        return self.cloud.voxel_down_sample(spacing)


class Picture:
    """The depth picture as points with normals, camera frame, millimetres."""

    def __init__(self, root, image, camera, remove_plane):
        depth = cv2.imread(str(root / "depth" / f"{image:06d}.png"), cv2.IMREAD_UNCHANGED)
        self.depth = depth.astype(np.float64) * camera["depth_scale"]
        self.k = np.array(camera["cam_K"], dtype=np.float64).reshape(3, 3)
        height, width = self.depth.shape
        u, v = np.meshgrid(np.arange(width), np.arange(height))
        z = self.depth
        xyz = np.stack(
            [(u - self.k[0, 2]) / self.k[0, 0] * z, (v - self.k[1, 2]) / self.k[1, 1] * z, z], -1
        )
        self.valid = (z > 0) & (z < 3000)
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(xyz[self.valid]))
        scale = np.median(z[self.valid]) if self.valid.any() else 1000.0
        cloud.estimate_normals(o3d.geometry.KDTreeSearchParamHybrid(0.012 * scale, 40))
        cloud.orient_normals_towards_camera_location(np.zeros(3))
        self.cloud = cloud
        self.off_plane = np.ones(len(cloud.points), dtype=bool)
        if remove_plane and len(cloud.points) > 1000:
            o3d.utility.random.seed(0)
            _, inliers = cloud.segment_plane(0.006 * scale, 3, 500)
            if len(inliers) > 0.12 * len(cloud.points):
                self.off_plane[inliers] = False

    def part(self, mask):
        keep = self.off_plane.copy()
        if mask is not None:
            keep &= mask[self.valid]
        return self.cloud.select_by_index(np.flatnonzero(keep))


def agreement(picture, model, pose):
    """Share of the model's points that face the camera whose depth the picture confirms, less
    those that stand in free space."""
    step = max(1, len(model.points) // 2000)
    points = model.points[::step] @ pose[:3, :3].T + pose[:3, 3]
    normals = model.normals[::step] @ pose[:3, :3].T
    front = (np.einsum("ij,ij->i", normals, points) < 0) & (points[:, 2] > 1)
    points = points[front]
    if len(points) == 0:
        return -1.0
    k = picture.k
    u = np.rint(points[:, 0] / points[:, 2] * k[0, 0] + k[0, 2]).astype(int)
    v = np.rint(points[:, 1] / points[:, 2] * k[1, 1] + k[1, 2]).astype(int)
    height, width = picture.depth.shape
    inside = (u >= 0) & (v >= 0) & (u < width) & (v < height)
    measured = np.zeros(len(points))
    measured[inside] = picture.depth[v[inside], u[inside]]
    difference = points[:, 2] - measured
    known = measured > 0
    tolerance = max(SAMPLING * model.diameter, 8.0)  # mm: noise of cheap sensors, and ICP's error
    match = known & (np.abs(difference) < tolerance)
    free = known & (difference < -tolerance)
    return (match.sum() - 2.0 * free.sum()) / len(points)


def distinct(hypotheses, diameter, count):
    """The best `count` (score, pose) that are not the same instance."""
    kept = []
    for score, pose in sorted(hypotheses, key=lambda h: -h[0]):
        if all(np.linalg.norm(pose[:3, 3] - p[:3, 3]) > 0.3 * diameter for _, p in kept):
            kept.append((score, pose))
        if len(kept) == count:
            break
    return kept


def rows(cloud):
    """Points and normals as OpenCV takes them."""
    return np.hstack([cloud.points, cloud.normals]).astype(np.float32)


class OpencvPpf:
    def __init__(self, args):
        self.args = args

    def prepare(self, model):
        cloud = model.thinned(SAMPLING * model.diameter) if self.args.fine else model.cloud
        model.detector = cv2.ppf_match_3d.PPF3DDetector(SAMPLING, SAMPLING, 30)
        model.detector.trainModel(rows(cloud))
        model.thin = model.thinned(ICP_SAMPLING * model.diameter)
        self.icp = cv2.ppf_match_3d.ICP(100, 0.005, 2.5, 4)

    def propose(self, picture, model, mask, _):
        spacing = (1.0 if self.args.fine or mask is not None else 0.4) * SAMPLING * model.diameter
        scene = rows(picture.part(mask).voxel_down_sample(spacing))
        if len(scene) < 20:
            return []
        if mask is not None:
            found = model.detector.match(scene, 1.0, 0.03)
        elif self.args.fine:
            extent = float((scene[:, :3].max(0) - scene[:, :3].min(0)).max())
            share = min(1.0, self.args.references / len(scene))
            step = max(spacing / extent, FINEST_SCENE_STEP)
            found = model.detector.match(scene, share, step)
        else:
            found = model.detector.match(scene, 1.0 / 40.0, 0.05)
        return [(float(p.numVotes), np.array(p.pose)) for p in found]

    def refine(self, picture, model, mask, proposals):
        """OpenCV's ICP measures its gates by the spread of what it is given, so it gets the side of
        the model that the camera sees and the part of the scene around it: with all of both it
        moves right poses away."""
        scene = rows(picture.part(mask).voxel_down_sample(ICP_SAMPLING * model.diameter))
        thin = rows(model.thin)
        center = thin[:, :3].mean(0)
        refined = []
        for votes, pose in proposals:
            r, t = pose[:3, :3], pose[:3, 3]
            placed = np.hstack([thin[:, :3] @ r.T + t, thin[:, 3:] @ r.T])
            seen = placed[np.einsum("ij,ij->i", placed[:, :3], placed[:, 3:]) < 0]
            near = np.linalg.norm(scene[:, :3] - (r @ center + t), axis=1) < 0.6 * model.diameter
            if len(seen) < 50 or near.sum() < 50:
                refined.append((votes, pose))
                continue
            _, residual, step = self.icp.registerModelToScene(
                seen.astype(np.float32), np.ascontiguousarray(scene[near])
            )
            refined.append((votes - float(residual), step @ pose))
        return refined


class Open3dFpfh:
    def __init__(self, args):
        self.args = args

    def features(self, cloud, voxel):
        return o3d.pipelines.registration.compute_fpfh_feature(
            cloud, o3d.geometry.KDTreeSearchParamHybrid(5 * voxel, 100)
        )

    def prepare(self, model):
        model.voxel = SAMPLING * model.diameter
        model.thin = model.thinned(model.voxel)
        model.features = self.features(model.thin, model.voxel)

    def propose(self, picture, model, mask, count):
        registration = o3d.pipelines.registration
        voxel = model.voxel
        scene = picture.part(mask).voxel_down_sample(voxel)
        if len(scene.points) < 20:
            return []
        features = self.features(scene, voxel)
        proposals = []
        for seed in range(self.args.runs * count):
            o3d.utility.random.seed(seed)
            coarse = registration.registration_ransac_based_on_feature_matching(
                model.thin, scene, model.features, features, False, 1.5 * voxel,
                registration.TransformationEstimationPointToPoint(False), 3,
                [
                    registration.CorrespondenceCheckerBasedOnEdgeLength(0.9),
                    registration.CorrespondenceCheckerBasedOnDistance(1.5 * voxel),
                ],
                registration.RANSACConvergenceCriteria(100000, 0.999),
            )
            proposals.append((float(coarse.fitness), np.array(coarse.transformation)))
        return proposals

    def refine(self, picture, model, mask, proposals):
        registration = o3d.pipelines.registration
        scene = picture.part(mask).voxel_down_sample(model.voxel)
        refined = []
        for _, pose in proposals:
            fine = registration.registration_icp(
                model.thin, scene, 0.8 * model.voxel, pose,
                registration.TransformationEstimationPointToPlane(),
            )
            refined.append((float(fine.fitness), np.array(fine.transformation)))
        return refined


def load_models(dataset, targets, method):
    infos = load_json(dataset / "models" / "models_info.json")
    models = {}
    for obj_id in sorted({t["obj_id"] for t in targets}):
        path = dataset / "models" / f"obj_{obj_id:06d}.ply"
        models[obj_id] = Model(path, infos[str(obj_id)]["diameter"])
        method.prepare(models[obj_id])
    return models


def visible_masks(root, im_id, obj_id):
    truths = load_json(root / "scene_gt.json")[str(im_id)]
    return [
        cv2.imread(str(root / "mask_visib" / f"{im_id:06d}_{i:06d}.png"), 0) > 0
        for i, truth in enumerate(truths)
        if truth["obj_id"] == obj_id
    ]


def answer(method, picture, model, mask, count, proposals, order):
    """The best `count` (score, pose) of the proposals after refinement."""

    def ordered(hypotheses):
        if order == "reranked":
            hypotheses = [(agreement(picture, model, pose), pose) for _, pose in hypotheses]
        return sorted(hypotheses, key=lambda h: -h[0])

    best = ordered(proposals)[: HYPOTHESES * count]
    return distinct(ordered(method.refine(picture, model, mask, best)), model.diameter, count)


class Results:
    """A BOP19 results file and the seconds of one core that each object took."""

    def __init__(self):
        self.lines = ["scene_id,im_id,obj_id,score,R,t,time"]
        self.seconds = []

    def add(self, target, score, pose):
        rotation = " ".join(f"{x:.8f}" for x in pose[:3, :3].ravel())
        translation = " ".join(f"{x:.5f}" for x in pose[:3, 3])
        self.lines.append(
            f"{target['scene_id']},{target['im_id']},{target['obj_id']},{score:.6f},"
            f"{rotation},{translation},-1"
        )


def run(args):
    cv2.setNumThreads(1)
    dataset = Path(args.dataset)
    method = {"opencv-ppf": OpencvPpf, "open3d-fpfh": Open3dFpfh}[args.method](args)
    targets = load_json(dataset / "test_targets_bop19.json")
    models = load_models(dataset, targets, method)
    results = {}
    for target in targets:
        root = dataset / args.split / f"{target['scene_id']:06d}"
        im_id = target["im_id"]
        camera = load_json(root / "scene_camera.json")[str(im_id)]
        picture = Picture(root, im_id, camera, args.remove_plane)
        model = models[target["obj_id"]]
        for known in args.known:
            masks = [None]
            if known == "masks":
                masks = visible_masks(root, im_id, target["obj_id"])
            count = target["inst_count"] if known == "nothing" else 1
            started = time.process_time()
            proposed = [method.propose(picture, model, mask, count) for mask in masks]
            searched = time.process_time() - started
            for order in ("own", "reranked"):
                started = time.process_time()
                result = results.setdefault(f"{known}_{order}", Results())
                for mask, proposals in zip(masks, proposed):
                    found = answer(method, picture, model, mask, count, proposals, order)
                    for score, pose in found:
                        result.add(target, score, pose)
                result.seconds.append(searched + time.process_time() - started)
        print(f"image {im_id} object {target['obj_id']}: {result.seconds[-1]:.2f} s", flush=True)
    for name, result in results.items():
        path = Path(f"{args.out}_{name}.csv")
        path.write_text("\n".join(result.lines) + "\n")
        print(f"{path}: {np.mean(result.seconds):.2f} s of one core an object")
    return results


def make_parser():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--method", required=True, choices=["opencv-ppf", "open3d-fpfh"])
    parser.add_argument("--out", required=True, help="start of the names of the results")
    parser.add_argument(
        "--known", nargs="+", choices=["nothing", "masks"], default=["nothing", "masks"]
    )
    parser.add_argument("--remove-plane", action="store_true")
    parser.add_argument("--runs", type=int, default=1, help="open3d-fpfh: RANSAC runs an instance")
    parser.add_argument("--fine", action="store_true", help="opencv-ppf: see above")
    parser.add_argument("--references", type=int, default=300, help="opencv-ppf with --fine")
    return parser


if __name__ == "__main__":
    run(make_parser().parse_args())
