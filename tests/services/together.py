"""Several threads that begin at the same moment."""

import threading
from collections.abc import Callable


def together(*works: Callable[[], None]) -> list[Exception]:
    """Run all at once until the last has ended; return what they raised."""
    start, raised = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return raised
