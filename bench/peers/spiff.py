"""SpiffWorkflow: the four steps as BPMN, its state written to SQLite after every step, as a program around it would.

A program of its own: nothing of reviewflow is in its process but the loop that counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.turns import Job

PROCESS = Path(__file__).with_name("four-steps.bpmn")
SUMMARY = "What the paper says, in a sentence or two, so that the form has something to hold."


@contextmanager
def four_steps(folder: str, client: int, *, loaded: bool) -> Iterator[Job]:
    """Whole workflows. `loaded`: read back from the database before each step, as when people act days apart."""
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(PROCESS.read_bytes())
    spec = parser.get_spec("four_steps")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    connection = sqlite3.connect(Path(folder) / f"spiff-{loaded}-{client}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE workflows (id INTEGER PRIMARY KEY, state TEXT)")
    put = "INSERT INTO workflows VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state"

    def save(n: int, workflow: Any) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(put, (n, serializer.serialize_json(workflow)))
        connection.execute("COMMIT")

    def load(n: int) -> Any:
        (state,) = connection.execute("SELECT state FROM workflows WHERE id = ?", (n,)).fetchone()
        return serializer.deserialize_json(state)

    def job(n: int) -> None:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        save(n, workflow)
        for step in ("hand_in", "review", "accept"):
            if loaded:
                workflow = load(n)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            assert task.task_spec.name == step, task
            if step == "hand_in":
                task.set_data(pages=12, summary=SUMMARY)
            task.run()
            workflow.do_engine_steps()
            save(n, workflow)
        assert workflow.completed

    yield job
    connection.close()
