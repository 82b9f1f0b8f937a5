"""Certificates for TLS, good ones and others."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _is_address(host):
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class Authority:
    """Whoever trusts `file` trusts what it issues."""

    def __init__(self, folder, name='authority'):
        self.folder, self.name, self.key = folder, _name(name), ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(self.name, self.key, -1, 10, [(x509.BasicConstraints(True, None), True)])
        self.file = self._write(name, certificate.public_bytes(serialization.Encoding.PEM))

    def _write(self, name, data):
        path = f'{self.folder}/{name}.pem'
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def _certificate(self, subject, key, from_day, to_day, extensions):
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key()) \
            .serial_number(x509.random_serial_number()).not_valid_before(now + datetime.timedelta(days=from_day)) \
            .not_valid_after(now + datetime.timedelta(days=to_day))
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, is_critical)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name, hosts, from_day=-1, to_day=10):
        """One file with a certificate for these hosts and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(_is_address(host)) if _is_address(host) else x509.DNSName(host) for host in hosts]
        certificate = self._certificate(_name(name), key, from_day, to_day, [(x509.SubjectAlternativeName(names), False)])
        return self._write(name, certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
