"""The arguments of an evidence command, as the command line gives them."""

import argparse

from services.benefits.evidence import command


def asked(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return parser.parse_args(words)
