/* submit - publishes a service request over tcp and shows the answer: submit ASSET_ID TEXT
 *
 * Needs libzmq, libczmq (certificates) and protobuf-c:
 *     protoc-c --proto_path=proto --c_out=build/clients/c $(find proto -name '*.proto')
 *     cc -Ibuild/clients/c tests/clients/c/submit.c $(find build/clients/c -name '*.c') -lczmq -lzmq -lprotobuf-c
 * FETTLE_ADDRESS is intake's command door (tcp://host:7111), FETTLE_KEY and FETTLE_SERVER_KEY the certificates. */
#include <czmq.h>
#include <zmq.h>
#include "fettle/bus/v1/bus.pb-c.h"
#include "fettle/intake/v1/commands.pb-c.h"

enum { TIMEOUT_MS = 15000, TRY_MS = 3000 };

static void *
s_connect (void *context)
{
    zcert_t *own = zcert_load (getenv ("FETTLE_KEY")), *server = zcert_load (getenv ("FETTLE_SERVER_KEY"));
    void *dealer = zmq_socket (context, ZMQ_DEALER);
    int linger_ms = 0, wait_ms = TRY_MS;
    if (!own || !server)
        return zmq_close (dealer), NULL;
    zmq_setsockopt (dealer, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt (dealer, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    zmq_setsockopt (dealer, ZMQ_CURVE_SERVERKEY, zcert_public_txt (server), 41);
    zmq_setsockopt (dealer, ZMQ_CURVE_PUBLICKEY, zcert_public_txt (own), 41);
    zmq_setsockopt (dealer, ZMQ_CURVE_SECRETKEY, zcert_secret_txt (own), 41);
    zcert_destroy (&own);
    zcert_destroy (&server);
    return zmq_connect (dealer, getenv ("FETTLE_ADDRESS")) == 0 ? dealer : NULL;
}

/* The request that holds the command that holds the message. */
static size_t
s_pack (const char *id, char *asset_id, char *text, uint8_t bytes [16384])
{
    static uint8_t body [8192];
    Fettle__Intake__V1__SubmitServiceRequest submit = FETTLE__INTAKE__V1__SUBMIT_SERVICE_REQUEST__INIT;
    submit.channel = FETTLE__TYPE__V1__CHANNEL__CHANNEL_SYSTEM;
    submit.type = FETTLE__TYPE__V1__REQUEST_TYPE__REQUEST_TYPE_REPAIR;
    submit.external_id = (char *) id;
    submit.asset_id = asset_id;
    submit.text = text;
    Fettle__Bus__V1__Command command = FETTLE__BUS__V1__COMMAND__INIT;
    command.id = (char *) id;
    command.type = (char *) submit.base.descriptor->name;
    command.data = (ProtobufCBinaryData) { fettle__intake__v1__submit_service_request__pack (&submit, body), body };
    command.deadline = zclock_time () + TIMEOUT_MS;
    Fettle__Bus__V1__Request request = FETTLE__BUS__V1__REQUEST__INIT;
    request.body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND;
    request.command = &command;
    return fettle__bus__v1__request__pack (&request, bytes);
}

/* True when it was decided; RETRY and silence are not decisions. */
static bool
s_show (const uint8_t *bytes, size_t size, int *ret_exit_code)
{
    Fettle__Bus__V1__Response *response = fettle__bus__v1__response__unpack (NULL, size, bytes);
    bool is_reply = response && response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_REPLY;
    Fettle__Bus__V1__Reply *reply = is_reply ? response->reply : NULL;
    bool is_decided = reply && reply->status != FETTLE__BUS__V1__REPLY__STATUS__STATUS_RETRY;
    if (is_decided && *reply->code)
        printf ("rejected: %s: %s\n", reply->code, reply->message);
    else if (is_decided)
        printf ("%s %s\n", reply->status == FETTLE__BUS__V1__REPLY__STATUS__STATUS_DUPLICATE ? "DUPLICATE" : "ACCEPTED",
                reply->subject);
    *ret_exit_code = is_decided && !*reply->code ? 0 : 1;
    if (response)
        fettle__bus__v1__response__free_unpacked (response, NULL);
    return is_decided;
}

int
main (int argc, char **argv)
{
    static uint8_t request [16384], answer [65536];
    if (argc != 3 || strlen (argv [1]) + strlen (argv [2]) > 6000 || !getenv ("FETTLE_ADDRESS")
        || !getenv ("FETTLE_KEY") || !getenv ("FETTLE_SERVER_KEY"))
        return fprintf (stderr, "submit ASSET_ID TEXT, with FETTLE_ADDRESS, FETTLE_KEY and FETTLE_SERVER_KEY set\n"), 2;
    zuuid_t *id = zuuid_new ();
    size_t size = s_pack (zuuid_str (id), argv [1], argv [2], request);
    void *context = zmq_ctx_new (), *dealer = s_connect (context);
    int exit_code = 3;
    bool is_decided = false;
    for (int64_t until = zclock_mono () + TIMEOUT_MS; dealer && !is_decided && zclock_mono () < until;) {
        zmq_send (dealer, request, size, 0);        /* the same id each time: it is done once */
        int received = zmq_recv (dealer, answer, sizeof answer, 0);
        is_decided = received >= 0 && received <= (int) sizeof answer && s_show (answer, (size_t) received, &exit_code);
        if (!is_decided)
            zclock_sleep (200);
    }
    if (!is_decided)
        fprintf (stderr, "no answer from %s\n", getenv ("FETTLE_ADDRESS"));
    zuuid_destroy (&id);
    if (dealer)
        zmq_close (dealer);
    zmq_ctx_term (context);
    return exit_code;
}
