# proto/**/*.proto -> messages.h: house names for protobuf-c's types, a constructor for each message, short names for enum values.
#   message VisitAccepted in package fettle.dispatcher.v1  ->  visit_accepted_t, visit_accepted (...), visit_accepted_descriptor
#   enum VisitState with VISIT_STATE_OFFERED               ->  visit_state_t, visit_state_descriptor, VISIT_STATE_OFFERED
function snake(name,   i, c, out) {
    out = ""
    for (i = 1; i <= length(name); i++) {
        c = substr(name, i, 1)
        if (c ~ /[A-Z]/ && i > 1) out = out "_"
        out = out tolower(c)
    }
    return out
}
function camel(name,   n, parts, i, out) {
    n = split(name, parts, "_"); out = ""
    for (i = 1; i <= n; i++) out = out toupper(substr(parts[i], 1, 1)) substr(parts[i], 2)
    return out
}
function c_type(pkg,   n, parts, i, out) {
    n = split(pkg, parts, "."); out = ""
    for (i = 1; i <= n; i++) out = out camel(parts[i]) "__"
    return out
}
function c_name(pkg,   out) { out = pkg; gsub(/\./, "__", out); return out "__" }
BEGIN {
    print "/* Generated from proto/ by tools/messages.awk. */\n#pragma once"
}
/^package / { pkg = $2; sub(/;/, "", pkg) }
/^message / && !/\}/ { message = $2; depth = 1 }
/^message / {
    name = $2; s = (pkg ~ /\.bus\./ ? "bus_" : "") snake(name)
    d = c_name(pkg) snake(name) "__descriptor"
    body = body "typedef " c_type(pkg) name " " s "_t;\n"
    body = body "#define " s "_descriptor " d "\n"
    body = body "#define " s "(...) (&((" s "_t) { .base = PROTOBUF_C_MESSAGE_INIT (&" s "_descriptor), __VA_ARGS__ }).base)\n"
    body = body "#define " s "_init PROTOBUF_C_MESSAGE_INIT (&" s "_descriptor)\n\n"
    registry = registry "    &" s "_descriptor,\n"
}
/^ *enum / {
    e = $2; prefix = c_name(pkg); t = c_type(pkg)
    if (/^ /) { prefix = prefix snake(message) "__"; t = t message "__" }
    in_enum = 1
    body = body "typedef " t e " " snake(e) "_t;\n#define " snake(e) "_descriptor " prefix snake(e) "__descriptor\n"
    up = toupper(prefix snake(e)) "__"
}
in_enum && /^ *[A-Z][A-Z0-9_]* *=/ { body = body "#define " $1 " " up $1 "\n" }
in_enum && /^ *}/ { in_enum = 0; body = body "\n" }
FNR == 1 {
    file = FILENAME; sub(/^proto\//, "", file); sub(/\.proto$/, ".pb-c.h", file)
    includes = includes "#include \"" file "\"\n"
}
END {
    print includes
    print body
    print "/* Every message of every service, by its full name; NULL: none of that name. */"
    print "const ProtobufCMessageDescriptor *registry_find (const char *full_name);"
    print "extern const ProtobufCMessageDescriptor *const registry_all [];   /* ends with NULL */"
    print "/* The value's name (\"VISIT_STATE_OFFERED\"); \"?\" when the enum has no such value. */"
    print "const char *enum_name (const ProtobufCEnumDescriptor *type, int value);"
    if (registry_file) {
        printf "/* Generated from proto/ by tools/messages.awk. */\n#include \"messages.h\"\n#include <string.h>\n\nconst ProtobufCMessageDescriptor *const registry_all [] = {\n%s    NULL\n};\n", registry > registry_file
    }
}
