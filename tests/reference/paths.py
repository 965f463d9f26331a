"""Where things are in this repository."""
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/data/golden"
MODELS = ROOT / "tests/data/models"
EMBEDDED = ROOT / "assets/models/ko-en"
