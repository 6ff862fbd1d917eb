"""The window itself: its line and zones, its categories, and the consents it asks for."""

from __future__ import annotations

from pydantic import Field

from .measures import Phone
from .provenance import Slug, Sourced, Text
from .vocabulary import Category, ConsentItem, OrganisationKind


class OtherLine(Sourced):
    """A neighbouring hotline that callers are told of."""

    name: Text
    phones: tuple[Phone, ...] = Field(min_length=1)


class ServiceWindow(Sourced):
    """The single service window as the public meets it; the hours that count are the calendar's."""

    name: Text
    operator: Text
    phone: Phone
    hours_text: Text
    website: Text
    other_lines: tuple[OtherLine, ...] = ()


class Zone(Sourced):
    """One of the portal's nine zones, with the measures found there."""

    id: Slug
    host: Text
    name: Text
    measures: tuple[Slug, ...] = ()


class CategoryRecord(Sourced):
    """A situation of the enterprise. `handling` are steps in order; `referral_kinds` are tried in order."""

    id: Category
    label: Text
    public_sentence: Text
    definition: Text
    handling: tuple[Text, ...] = Field(min_length=1)
    referral_kinds: tuple[OrganisationKind, ...] = ()


class PrivacyNotice(Sourced):
    """The six statements owed when data are collected. Source: 個人資料保護法 §8 I."""

    text_version: Text
    agency: Text
    purpose: Text
    data_categories: Text
    use: Text
    rights: Text
    consequence: Text


class ConsentItemText(Sourced):
    """What one item of a packet holds, in the enterprise's words."""

    id: ConsentItem
    label: Text
    text: Text


class ConsentText(Sourced):
    """What an enterprise agrees to before one kind of organisation sees its case."""

    id: OrganisationKind
    label: Text
    purpose: Text
    text: Text
    text_version: Text
    items: tuple[ConsentItem, ...] = Field(min_length=1)
