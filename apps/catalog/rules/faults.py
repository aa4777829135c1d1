"""What is wrong with a row of a catalog file."""

from apps.core.cells import gettext_noop

BAD_CODE = gettext_noop("“%(value)s” is not a code: only letters a–z, digits, - and _, at most %(most)s of them.")
NO_NUMBER = gettext_noop("“%(value)s” has no letter A–Z and no digit.")
BAD_GTIN = gettext_noop("“%(value)s” is not a GTIN: its length or its check digit is wrong.")
TWICE_IN_CELL = gettext_noop("“%(value)s” stands here twice.")
OWN_SUCCESSOR = gettext_noop("A product cannot follow itself.")
TOO_DEEP = gettext_noop("A category has at most %(most)s levels.")
OTHER_DEPTH = gettext_noop("This has %(found)s levels, the English category has %(expected)s.")
OTHER_FACT = gettext_noop("Line %(line)s says “%(other)s” for the same %(thing)s.")
NEEDS_FAMILY = gettext_noop("This belongs to a family, and the row names none.")
NEEDS_NAME = gettext_noop("A description needs a name in the same language.")
NEEDS_CATEGORY = gettext_noop("This belongs to a category, and the row names none.")
NOT_JSON = gettext_noop("This is not a JSON object with one value for each attribute.")
BAD_VALUE = gettext_noop("The value of “%(code)s” cannot be read.")
NOT_YES_NO = gettext_noop("“%(value)s” is not yes or no.")
OTHER_KIND = gettext_noop("“%(code)s” is of the kind %(expected)s, not %(found)s.")
OTHER_UNIT = gettext_noop("“%(code)s” is measured in “%(expected)s”, not “%(found)s”.")
IN_COLUMN_ALREADY = gettext_noop("“%(code)s” has a column of its own.")

# Between rows, and against what the catalog has.
SKU_REPEATED = gettext_noop("Line %(line)s has the same part number.")
SKU_ALIKE = gettext_noop("The catalog has this part number, written “%(other)s”.")
GTIN_REPEATED = gettext_noop("Line %(line)s has the same GTIN %(value)s.")
GTIN_TAKEN = gettext_noop("The GTIN %(value)s belongs to %(other)s.")
NEW_NEEDS = gettext_noop("This product is new, and the file has no column for this.")
NOT_A_LEAF = gettext_noop("“%(value)s” has categories below it; products stand on the lowest ones.")
HAS_PRODUCTS = gettext_noop("“%(value)s” has products, so that no category can stand below it.")
FAMILY_ELSEWHERE = gettext_noop("The family “%(value)s” has products in another category.")
FAMILY_KEPT = gettext_noop("This product is in the family “%(value)s” of another category. Add a column “family”.")
SUCCESSOR_UNKNOWN = gettext_noop("No product has the number “%(value)s”.")

# Of the header.
BAD_ATTRIBUTE_COLUMN = gettext_noop(
    "This is not attr:code:kind, attr:code:number:unit, or the same with :column or :facet."
)
