PASSWORD = "portico-demo"  # noqa: S105  the demo's one password, printed at every start

PEOPLE = (
    ("mira@norrvik.example", "Mira, Buyer and Approver at Norrvik Shipyard"),
    ("dana@norrvik.example", "Dana, Approver at Norrvik Shipyard"),
    ("omar@norrvik.example", "Omar, Requester at Norrvik Shipyard"),
    ("lena@norrvik.example", "Lena, Admin and Buyer at Norrvik Shipyard"),
    ("tomas@norrvik.example", "Tomas, Finance at Norrvik Shipyard"),
    ("gus@fjellbygg.example", "Gus, Admin, Buyer and Approver at Fjellbygg: sees nothing of Norrvik"),
    (
        "jonas@hansewerft.example",
        "Jonas, Admin, Buyer and Approver at Hanseatische Werftbedarf, Buyer at Nordseekost: switches between the two",
    ),
    ("sam@halden.example", "Sam, staff of Halden: the admin at /staff/"),
)


def text() -> str:
    """Who can sign in, for the terminal."""
    width = max(len(email) for email, _role in PEOPLE)
    rows = "\n".join(f"  {email:<{width}}  {role}" for email, role in PEOPLE)
    return f"Sign in with the password {PASSWORD} as\n{rows}"
