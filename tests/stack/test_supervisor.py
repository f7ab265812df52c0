"""A child that dies comes back, and one that keeps dying comes back later and later."""

from stack.supervisor import Supervisor, WatchedChild, pause_before_restart
from support.stack import wait_until


class Stand:
    """A child that runs when told so."""

    name = "worker"

    def __init__(self) -> None:
        self.starts = 0
        self.running = True

    @property
    def exit_code(self) -> int | None:
        """As if killed."""
        return None if self.running else -9

    def is_running(self) -> bool:
        """Whether it runs."""
        return self.running

    def start(self) -> None:
        """Run it."""
        self.starts += 1
        self.running = True


def test_a_running_child_is_left_alone() -> None:
    """Nothing is started and nothing is said."""
    child, said = Stand(), list[str]()
    WatchedChild(child, said.append).look(0.0)
    assert (child.starts, said) == (0, [])


def test_a_dead_child_is_started_after_its_pause() -> None:
    """Once, and both its death and its return are told."""
    child, said = Stand(), list[str]()
    watched = WatchedChild(child, said.append)
    child.running = False
    watched.look(10.0)
    watched.look(10.9)
    assert child.starts == 0
    watched.look(11.0)
    watched.look(11.5)
    assert child.starts == 1
    assert said == [
        "worker ended with code -9; starting it again in 1 s",
        "worker started again",
    ]


def test_dying_again_makes_the_pause_longer() -> None:
    """A broken child must not eat the machine."""
    child, said = Stand(), list[str]()
    watched = WatchedChild(child, said.append)
    child.running = False
    watched.look(0.0)
    watched.look(1.0)
    child.running = False
    watched.look(2.0)
    watched.look(3.9)
    assert child.starts == 1
    watched.look(4.0)
    assert child.starts == 2


def test_a_minute_of_health_forgives() -> None:
    """The next death is a first one again."""
    child, said = Stand(), list[str]()
    watched = WatchedChild(child, said.append)
    child.running = False
    watched.look(0.0)
    watched.look(1.0)
    watched.look(61.0)
    child.running = False
    watched.look(62.0)
    assert said[-1].endswith("starting it again in 1 s")


def test_pauses_double_up_to_half_a_minute() -> None:
    """However often it died."""
    assert [pause_before_restart(deaths) for deaths in (1, 2, 3, 5, 6, 9999)] == [
        1,
        2,
        4,
        16,
        30,
        30,
    ]


def test_a_stopped_supervisor_starts_nothing() -> None:
    """Stopping returns when its thread has ended; one that never began can be stopped, too."""
    child = Stand()
    supervisor = Supervisor([child], lambda _line: None)
    supervisor.start()
    supervisor.stop()
    child.running = False
    wait_until(lambda: not supervisor._thread.is_alive())
    assert child.starts == 0
    Supervisor([child], lambda _line: None).stop()


def test_children_are_looked_after_when_nobody_reads_what_is_said() -> None:
    """The terminal is closed, the disk is full: the child is started all the same."""

    def nobody(_line: str) -> None:
        raise BrokenPipeError

    child = Stand()
    supervisor = Supervisor([child], nobody)
    supervisor.start()
    child.running = False
    wait_until(lambda: child.starts == 1, within=30)
    child.running = False
    wait_until(lambda: child.starts == 2, within=30)
    supervisor.stop()
