// SPDX-License-Identifier: MIT
// Knows how an own operation looks on top of what the hub has sent: the view is the base row with the own operations laid over.
#ifndef SYNC_OVERLAY_H
#define SYNC_OVERLAY_H

#include <jansson.h>
#include <stdbool.h>

// Changes *doc (owned by the caller, NULL: the hub has no such entity) by what an operation of kind k with this body does to the
// document of its entity (sync.md §3.7): {"set"} puts members, null takes one away; {"add","del"} changes lists, {"inc"} counts;
// assignments hand it on under the next fence, but for those that are only "asked" for;
// a new document and the owner's whole document replace member by member, so that what the hub alone knows stays; lines under
// an entity, deeds and acknowledgements do nothing to it. False: nothing of it shows.
bool overlay_lay(json_t **doc, const char *k, const json_t *body);

#endif
