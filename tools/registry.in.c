
const ProtobufCMessageDescriptor *
registry_find (const char *full_name)
{
    for (int i = 0; registry_all [i]; i++)
        if (strcmp (registry_all [i]->name, full_name) == 0)
            return registry_all [i];
    return NULL;
}

const char *
enum_name (const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value (type, value);
    return found ? found->name : "?";
}
