"""The demo state: fictional organizations and people, with every fault that CertHub must show planted among them."""
