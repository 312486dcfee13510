"""`python -m deploy.embedded run|tick|demo|clean-data …`, as the Makefile calls it: in the house of one country, or,
where `COUNTRY` names several, in the house of each."""

from __future__ import annotations

import sys

from deploy.embedded import demo, run, side_by_side, tick

ONE = {"run": run.main, "tick": tick.main, "demo": demo.main, "clean-data": run.main}


def main() -> int:
    """Do it; the exit code is that of whatever was done."""
    what, *rest = sys.argv[1:] or [""]
    if what not in ONE:
        print(f"Say what to do: {', '.join(ONE)}.", file=sys.stderr)
        return 2
    several = side_by_side.asked()
    if several and what == "run":
        return side_by_side.run(several)
    if several:
        return side_by_side.each([what, *rest])
    sys.argv[1:] = ["clean"] if what == "clean-data" else rest
    return ONE[what]()


if __name__ == "__main__":
    sys.exit(main())
