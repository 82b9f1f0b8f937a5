-- An order is written again when it is decided and when its visit is offered, a visit when it is offered and with each
-- step, mostly in the turns right after the first, and none of the indexed columns changes then. With room left on its
-- page the new version goes beside the old one and no index has to be told: a sixth of what a request costs this
-- database when hundreds come at once. The price is the room: half of each page. Pages that are full stay as they are.

alter table work_order set (fillfactor = 50);
alter table visit set (fillfactor = 50);
