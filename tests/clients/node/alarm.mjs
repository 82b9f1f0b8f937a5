// Pushes an alarm as a gateway does: node alarm.mjs DEVICE_ID CODE [SEVERITY]
import { Client } from './fettle_client.mjs';

const [deviceId, code, severity = '3'] = process.argv.slice(2);
const client = new Client();
try {
    const reply = await client.send('fettle.intake.v1.RaiseAlarm',
        { deviceId, code, severity: Number(severity), deviceTimeAt: Date.now(), gatewayId: 'gateway-1' });
    console.log(reply.status.replace('STATUS_', ''), reply.subject);
} catch (error) {
    console.error(`rejected: ${error.message}`);
    process.exitCode = 1;
}
client.close();
