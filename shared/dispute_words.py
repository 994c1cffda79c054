"""Words for the kinds of dispute, to stand inside a sentence; Vietnamese first."""

from typing import Final

from shared.words import Words

DISPUTE_TYPES: Final[Words] = {
    "boundary": ("ranh giới đất", "boundary"),
    "shared_path": ("lối đi chung", "shared path"),
    "noise": ("tiếng ồn", "noise"),
    "household_waste": ("rác thải sinh hoạt", "household waste"),
    "animals": ("vật nuôi", "animals"),
    "water_drainage": ("cấp, thoát nước", "water and drainage"),
    "debt_small": ("vay mượn nhỏ", "small debt"),
    "property_damage": ("hư hỏng tài sản", "property damage"),
    "family_nonviolent": ("việc gia đình", "family matter"),
    "inheritance": ("thừa kế", "inheritance"),
    "condominium": ("nhà chung cư", "condominium"),
    "other": ("việc khác", "other"),
}
