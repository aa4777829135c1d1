"""How shipments are numbered. Values in, values out."""


def shipment_number(scattered: int) -> str:
    """SH-48812."""
    return f"SH-{scattered}"
