"""Records figures of predictions by their definitions, in NumPy: test/golden/train-metrics.json.

  /usr/bin/python3 test/golden/train_metrics.py

Nothing is sorted or summed up along a curve here: areas are counts of pairs, thresholds are tried one by one.
"""
import json
import pathlib

import numpy as np


def auc(positive, scores):
    wins = scores[positive][:, None] - scores[~positive][None, :]
    return float(((wins > 0) + 0.5 * (wins == 0)).mean())


def average_precision(positive, scores):
    total, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        called = scores >= threshold
        recall = (called & positive).sum() / positive.sum()
        total += (recall - before) * (called & positive).sum() / called.sum()
        before = recall
    return float(total)


def youden(positive, scores):
    best = (-2, 0)
    for threshold in sorted(set(scores), reverse=True):
        called = scores >= threshold
        value = called[positive].mean() - called[~positive].mean()
        if value > best[0] + 1e-12:
            best = (value, threshold)
    return {"threshold": float(best[1]), "value": float(best[0])}


def calibration(claims, hits, bins=10):
    error, rows = 0.0, []
    for k in range(bins):
        inside = (claims >= k / bins) & ((claims < (k + 1) / bins) | (k == bins - 1))
        if inside.any():
            error += inside.mean() * abs(claims[inside].mean() - hits[inside].mean())
        rows.append(int(inside.sum()))
    return {"error": float(error), "counts": rows}


def confusion_figures(labels, guesses, classes):
    matrix = np.zeros((classes, classes), int)
    for label, guess in zip(labels, guesses):
        matrix[label, guess] += 1
    recall = [matrix[k, k] / matrix[k].sum() for k in range(classes)]
    precision = [matrix[k, k] / matrix[:, k].sum() for k in range(classes)]
    f1 = [2 * p * r / (p + r) for p, r in zip(precision, recall)]
    return {
        "confusion": matrix.tolist(),
        "accuracy": float((labels == guesses).mean()),
        "balancedAccuracy": float(np.mean(recall)),
        "macroF1": float(np.mean(f1)),
        "precision": list(map(float, precision)),
        "recall": list(map(float, recall)),
        "specificity": [float((guesses[labels != k] != k).mean()) for k in range(classes)],
    }


def splitmix32(seed):
    walk = seed
    while True:
        walk = (walk + 0x9E3779B9) % 2**32
        word = walk
        word = (word ^ (word >> 16)) * 0x85EBCA6B % 2**32
        word = (word ^ (word >> 13)) * 0xC2B2AE35 % 2**32
        yield (word ^ (word >> 16)) / 2**32


def bootstrap(positive, scores, groups, seed, rounds):
    draws = splitmix32(seed)
    names = list(dict.fromkeys(groups))
    members = {name: [i for i, group in enumerate(groups) if group == name] for name in names}
    figures = []
    for _ in range(rounds):
        chosen = [i for _ in names for i in members[names[int(next(draws) * len(names))]]]
        figures.append(auc(positive[chosen], scores[chosen]))
    low, high = np.percentile(figures, [2.5, 97.5])
    return {"low": float(low), "high": float(high)}


random = np.random.RandomState(3)
labels = random.randint(0, 2, 80)
# Two decimals: many ties.
scores = np.clip(np.round(0.5 + 0.2 * (labels - 0.5) + 0.25 * random.randn(80), 2), 0, 1)
positive = labels == 1
point = youden(positive, scores)
groups = [f"p{k}" for k in random.randint(0, 25, 80)]
binary = {
    "labels": labels.tolist(),
    "scores": scores.tolist(),
    "groups": groups,
    "auc": auc(positive, scores),
    "averagePrecision": average_precision(positive, scores),
    "youden": point,
    "logLoss": float(-np.log(np.maximum(1e-15, np.where(positive, scores, 1 - scores))).mean()),
    "brier": float(((scores - labels) ** 2).mean()),
    "calibration": calibration(scores, labels),
    **confusion_figures(labels, (scores >= point["threshold"]).astype(int), 2),
    "bootstrap": bootstrap(positive, scores, list(range(80)), 11, 200),
    "patientBootstrap": bootstrap(positive, scores, groups, 11, 200),
}

labels3 = random.randint(0, 3, 60)
logits = random.randn(60, 3) + 1.5 * np.eye(3)[labels3]
rows = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
guesses = rows.argmax(1)
several = {
    "labels": labels3.tolist(),
    "logits": logits.ravel().tolist(),
    "probabilities": rows.ravel().tolist(),
    "auc": float(np.mean([auc(labels3 == k, rows[:, k]) for k in range(3)])),
    "averagePrecision": float(np.mean([average_precision(labels3 == k, rows[:, k]) for k in range(3)])),
    "logLoss": float(-np.log(rows[np.arange(60), labels3]).mean()),
    "brier": float(((rows - np.eye(3)[labels3]) ** 2).sum(1).mean()),
    "calibration": calibration(rows.max(1), guesses == labels3),
    **confusion_figures(labels3, guesses, 3),
}
path = pathlib.Path(__file__).with_name("train-metrics.json")
path.write_text(json.dumps({"numpy": np.__version__, "binary": binary, "several": several}) + "\n")
