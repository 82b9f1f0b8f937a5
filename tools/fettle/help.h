/* help - how to use each command, as `fettle help COMMAND` shows it. */
#pragma once

extern const char help_up [], help_down [], help_status [], help_doctor [], help_migrate [], help_send [], help_tail [],
    help_fetch [], help_explain [], help_why [], help_dead [], help_keys [], help_load [], help_demo [],
    help_audit [], help_sla [], help_calendar [], help_plan [], help_replan [],
    help_backup [], help_restore [], help_resync [], help_prune [];
