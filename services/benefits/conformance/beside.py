"""Reports for the public doors, worked out beside the web process: one at a time, kept, and never in the desk's way.

A report runs the law some hundred times. Strangers may ask for any day of any country, so the work has a process of its
own with the lowest priority, a short queue and an end; a door waits a moment and then says that it is being worked out.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date
from typing import IO, Any

from services.benefits.conformance import form_page
from services.benefits.conformance.costs import with_costs
from services.benefits.conformance.filling import filled
from services.benefits.conformance.form_pdf import form_pdf
from services.benefits.conformance.page import view
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.report import measured

#: How long a door waits before it says “being worked out”; how many of its threads may wait at once.
WAIT_SECONDS, WAITING = 0.7, 2
#: Answers kept, questions that may queue, and the seconds after which one is given up.
KEPT, QUEUE, GIVE_UP_SECONDS = 48, 8, 120.0
Question = tuple[str, str, str, tuple[str, ...]]


class BeingMeasured(Exception):
    """The report is not ready; it is being worked out, or many others are."""


class Beside:
    """The process beside, asked through one thread."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Question, Future[Any]] = OrderedDict()
        self._lock, self._waiting = threading.Lock(), threading.BoundedSemaphore(WAITING)
        self._thread = ThreadPoolExecutor(1, "conformance")
        self._process: subprocess.Popen[str] | None = None

    def ask(self, kind: str, on: date, language: str, countries: Sequence[str]) -> Any:
        """A page, a document or the JSON of one country; `form C102` and `form-pdf C102` are its report under
        article 22 as a page and as a document. Raises `BeingMeasured`."""
        answer = self.begin(kind, on, language, countries)
        if not answer.done() and not self._waiting.acquire(blocking=False):
            raise BeingMeasured
        elif answer.done():
            return answer.result()
        try:
            return answer.result(timeout=WAIT_SECONDS)
        except NotYet:
            raise BeingMeasured from None
        finally:
            self._waiting.release()

    def begin(self, kind: str, on: date, language: str, countries: Sequence[str]) -> Future[Any]:
        """Have it worked out, if it is not yet. Raises `BeingMeasured` where too much is asked for already."""
        question = (kind, on.isoformat(), language, tuple(countries))
        with self._lock:
            found = self._answers.get(question)
            if found is None or (found.done() and found.exception() is not None):
                if sum(not a.done() for a in self._answers.values()) >= QUEUE:
                    raise BeingMeasured
                self._answers[question] = found = self._thread.submit(self._tell, question)
            self._answers.move_to_end(question)
            for old in [q for q, a in self._answers.items() if a.done()][: max(0, len(self._answers) - KEPT)]:
                del self._answers[old]
        return found

    def _tell(self, question: Question) -> Any:
        process = self._living()
        asked, told = process.stdin, process.stdout
        if asked is None or told is None:
            raise BeingMeasured("the process beside has no pipes")
        watch = threading.Timer(GIVE_UP_SECONDS, process.kill)
        watch.start()
        try:
            asked.write(json.dumps(question) + "\n")
            asked.flush()
            line = told.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        if not line:
            process.kill()
            process.wait()
            raise BeingMeasured("it took too long, or the process beside ended")
        return json.loads(line)

    def _living(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "services.benefits.conformance.beside"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._process


#: The one of this process.
beside = Beside()


def answer(kind: str, on: date, language: str, countries: Sequence[str]) -> Any:
    """What the process beside makes of a question."""
    if kind.startswith("form"):
        made = filled(kind.split()[1], countries[0], on)
        page = kind.startswith("form ")
        return form_page.view(made, language) if page else base64.b64encode(form_pdf(made, language)).decode()
    reports = [measured(country, on) for country in countries]
    match kind:
        case "page":
            return view(reports, language) | {"on": on.isoformat()}
        case "pdf":
            return base64.b64encode(pdf(reports, language)).decode()
        case _:
            return with_costs(reports[0])


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer line by line, until whoever asks is gone."""
    for line in questions:
        kind, on, language, countries = json.loads(line)
        answers.write(json.dumps(answer(kind, date.fromisoformat(on), language, countries)) + "\n")
        answers.flush()


if __name__ == "__main__":
    os.nice(10)
    serve(sys.stdin, sys.stdout)
