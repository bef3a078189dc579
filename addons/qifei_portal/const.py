# === Booking page === #
BOOKING_DAYS = 7
# Working windows offered each day, in hours of the company's own time zone.
BOOKING_SLOTS = ((8, 10), (10, 12), (13, 15), (15, 17), (17, 19))
# A visit cannot be promised for a window that starts within the next hours.
BOOKING_LEAD_HOURS = 2
BOOKING_ENGINEERS_SHOWN = 24
OWN_EQUIPMENT_SHOWN = 50

# === Texts: longest text accepted per field === #
TEXT_LENGTHS = {
    "contact_name": 100,
    "contact_phone": 40,
    "contact_email": 254,
    "street": 200,
    "city": 100,
    "zip": 20,
    "description": 4000,
    "reason": 1000,
    "note": 4000,
    "diagnosis": 4000,
    "signer": 100,
}
SIGNATURE_BYTES = 512 * 1024

# === Guessing and flooding: (number of attempts, within so many seconds) === #
ATTEMPT_LIMITS = {
    "booking_ip": (60, 3600),
    "booking_phone": (6, 86400),
    "windows_ip": (240, 3600),
    "tracking_ip": (30, 3600),
    "tracking_number": (6, 3600),
    "warranty_ip": (30, 3600),
    "warranty_number": (6, 3600),
}
