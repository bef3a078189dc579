"""What a device says about where it is. Plain Python, without Odoo."""

import math
from typing import NamedTuple

# A device that is sure of a circle as large as a country does not know where it is.
LARGEST_RADIUS = 1e6


class DevicePosition(NamedTuple):
    """Degrees, and the radius in metres that the device is sure of (0: not told)."""

    latitude: float
    longitude: float
    accuracy: float


def parse_position(latitude, longitude, accuracy=None):
    """Return the position a device sent, or None when it is no place on earth.

    Devices that do not know where they are send zeros, which lie in the ocean.
    """
    try:
        numbers = (float(latitude), float(longitude), float(accuracy or 0))
    except (TypeError, ValueError, OverflowError):
        return None
    if not all(map(math.isfinite, numbers)):
        return None
    latitude, longitude, accuracy = numbers
    if abs(latitude) > 90 or abs(longitude) > 180 or not (latitude or longitude):
        return None
    if not 0 <= accuracy <= LARGEST_RADIUS:
        return None
    return DevicePosition(latitude, longitude, accuracy)
