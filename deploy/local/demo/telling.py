"""How the demo speaks: a step, the call that makes it, and under it what each service made of it."""


def step(what: str, call: str) -> None:
    print(f"\n▸ {what}\n      {'call':13} {call}", flush=True)


def told(who: str, what: str) -> None:
    print(f"      {who:13} {what}", flush=True)
