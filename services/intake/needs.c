/* needs - what a visit will need, as a rule or an agent says it. */
#include "intake.h"

enum { SKILLS_MAX = 32, PARTS_MAX = 100, WORK_MINUTES_MAX = 60 * 24 * 14 };

static bool
s_skill_is_valid (tx_t *tx, const skill_level_t *skill)
{
    return valid_text (tx, "skill", skill->skill, 1, 64)
        && valid_int (tx, "level", skill->level, 0, 10);
}

static bool
s_part_is_valid (tx_t *tx, const part_quantity_t *part)
{
    return valid_id (tx, "item_id", part->item_id)
        && valid_int (tx, "quantity", part->quantity, 1, 1000000);
}

bool
needs_valid (tx_t *tx, skill_level_t **skills, size_t n_skills, part_quantity_t **parts,
    size_t n_parts, int minutes)
{
    if (!valid_int (tx, "skills", (int64_t) n_skills, 0, SKILLS_MAX)
        || !valid_int (tx, "parts", (int64_t) n_parts, 0, PARTS_MAX)
        || !valid_int (tx, "work_minutes", minutes, 0, WORK_MINUTES_MAX))
        return false;
    for (size_t i = 0; i < n_skills; i++)
        if (!s_skill_is_valid (tx, skills [i]))
            return false;
    for (size_t i = 0; i < n_parts; i++)
        if (!s_part_is_valid (tx, parts [i]))
            return false;
    return true;
}
