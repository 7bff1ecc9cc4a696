// The commands that the documents show and that no test can run as they stand there.
import { manifest } from '../tree/project-files.ts';

const { version } = manifest;
const identity = `--certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-identity https://github.com/soc/tocsin/.github/workflows/release.yml@refs/tags/v${version}`;
const signed = 'needs a published release; test/tree/workflows.test.ts reads how one is signed';
const made = 'needs a tag; test/release has a test for each part of a release';

/** What cannot be run here, and what is tried of it instead. */
export const beyond: Readonly<Record<string, string>> = {
  'npm ci': 'needs a registry',
  'npm ci && npm run demo':
    'npm ci needs a registry; the demo itself is run by test/commands/demo.test.ts',
  'npm ci && npm test': 'npm ci needs a registry; the tests cannot run themselves',
  'npm start':
    'builds first, in the folder that the tests use; the service that it starts is started below',
  'docker build -t tocsin .': 'needs Docker; test/tree/container.test.ts reads the Dockerfile',
  'sudo DATA_DIR=/var/lib/tocsin tocsin --env-file /etc/tocsin/tocsin.env --directory /opt/tocsin dead list':
    'needs systemd; test/cli/surroundings.test.ts runs it with files of its own',
  'docker exec <container> tocsin dead list': 'needs Docker; the command itself is run below',
  'kubectl exec -n tocsin deploy/tocsin -- tocsin dead list':
    'needs a cluster; the command itself is run below',
  'kubectl create namespace tocsin': 'needs a cluster',
  'kubectl label namespace tocsin pod-security.kubernetes.io/enforce=restricted':
    'needs a cluster; test/k8s/overlays.test.ts holds the pods to it',
  'kubectl apply -n tocsin -f secrets.yaml':
    'needs a cluster; test/k8s/configuration.test.ts reads the examples',
  'kubectl apply -k tocsin':
    'needs a cluster; test/k8s/configuration.test.ts renders what is applied',
  'kubectl -n tocsin rollout status deployment/tocsin': 'needs a cluster',
  'kubectl -n tocsin rollout restart deployment/tocsin': 'needs a cluster',
  'kubectl -n tocsin rollout undo deployment/tocsin': 'needs a cluster',
  'kubectl -n tocsin exec deployment/tocsin -- node dist/main.js check':
    'needs a cluster; the command is run by test/commands/check.test.ts',
  'kill -HUP <pid>': 'the signal is sent by test/e2e/reload.test.ts',
  'systemctl reload tocsin': 'needs systemd; the signal is sent by test/e2e/reload.test.ts',
  'kubectl exec -n tocsin deploy/tocsin -- node dist/main.js source list':
    'needs a cluster; the command itself is run below',
  'kubectl get pods -n tocsin -o wide': 'needs a cluster',
  'kubectl logs -n tocsin -l app.kubernetes.io/name=tocsin --prefix --tail=-1 --since=1h':
    'needs a cluster',
  'kubectl logs -n tocsin -l app.kubernetes.io/name=tocsin --prefix --tail=-1 --previous':
    'needs a cluster',
  'kubectl get events -n tocsin --sort-by=.lastTimestamp': 'needs a cluster',
  'kubectl rollout history -n tocsin deploy/tocsin': 'needs a cluster',
  'kubectl port-forward -n tocsin deploy/tocsin 8080': 'needs a cluster',
  'kubectl rollout undo -n tocsin deploy/tocsin': 'needs a cluster',
  'kubectl rollout status -n tocsin deploy/tocsin': 'needs a cluster',
  'kubectl rollout restart -n tocsin deploy/tocsin': 'needs a cluster',
  'pg_dump --format=custom --file=tocsin.dump "$DATABASE_URL"':
    'is run by test/e2e/restore.test.ts',
  'pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error --dbname="$DATABASE_URL" tocsin.dump':
    'is run by test/e2e/restore.test.ts',
  'cp -a data data-backup': 'is run by test/e2e/restore.test.ts',
  'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.example.com:4318 node dist/main.js serve':
    'needs a collector; test/e2e/tracing.test.ts starts one, and the service with its address',
  'echo "whsec_$(openssl rand -base64 32)"':
    'needs openssl; test/sinks/webhook.test.ts signs with secrets of this form',
  'docker kill --signal HUP <container>':
    'needs Docker; the signal is sent by test/e2e/reload.test.ts',
  'TOKEN=$(bin/tocsin token create ci --role operate)':
    'keeps what the command prints; test/commands/token.test.ts runs the command',
  'curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/sinks':
    'needs curl; test/client/index.test.ts asks the same with a token',
  'curl -H "Authorization: Bearer $TOKEN" -X POST http://127.0.0.1:8080/api/v1/sources/events/poll':
    'needs curl; test/operations/source.test.ts polls a source',
  'curl -N -H "Authorization: Bearer $TOKEN" \'http://127.0.0.1:8080/api/v1/events/stream?minSeverity=HIGH\'':
    'needs curl; test/http/api/live/index.test.ts listens to the stream',
  'curl -H "Authorization: Bearer $WEBEX_TOKEN" https://webexapis.com/v1/rooms':
    'needs an account of Webex; test/sinks/webex.test.ts posts with a token of a bot',
  'cd compose': 'is where test/e2e/install-steps.test.ts begins',
  'mkdir -m 700 secrets': 'is run by test/e2e/install-steps.test.ts',
  "printf %s 'the key of an API connector' > secrets/TOKENS_KEY":
    'is run by test/e2e/install-steps.test.ts',
  "printf %s 'https://chat.example.com/hooks/the-id-of-the-hook' > secrets/MATTERMOST_WEBHOOK_URL":
    'is run by test/e2e/install-steps.test.ts',
  'openssl rand -hex 24 | sudo tee secrets/POSTGRES_PASSWORD > /dev/null':
    'is run by test/e2e/install-steps.test.ts',
  'printf \'postgres://tocsin:%s@postgres:5432/tocsin\' "$(sudo cat secrets/POSTGRES_PASSWORD)" | sudo tee secrets/DATABASE_URL > /dev/null':
    'is run by test/e2e/install-steps.test.ts',
  'sudo chown -R 10001:10001 secrets': 'needs root',
  'docker compose up -d': 'needs Docker; test/tree/compose.test.ts reads the file',
  'docker compose -f compose.yaml -f compose.postgres.yaml up -d':
    'needs Docker; test/tree/compose.test.ts reads both files',
  'docker compose exec tocsin tocsin check':
    'needs Docker; the command is run by test/commands/check.test.ts',
  'helm install tocsin k8s/chart --namespace tocsin -f values.yaml':
    'needs a cluster; test/k8s/chart.test.ts renders it',
  "helm install tocsin k8s/chart --namespace tocsin --set image.registry=registry.example.com/soc --set 'secret.variables={TOKENS_KEY,MATTERMOST_WEBHOOK_URL}' --set-file configFile=tocsin.yaml":
    'needs a cluster; test/k8s/chart.test.ts renders it',
  'helm test tocsin --namespace tocsin': 'needs a cluster',
  'tar -xzf tocsin-<version>.tar.gz -C /opt && ln -sfn tocsin-<version> /opt/tocsin':
    'is run by test/e2e/install-steps.test.ts',
  'ln -s /opt/tocsin/bin/tocsin /usr/local/bin/tocsin': 'is run by test/e2e/install-steps.test.ts',
  'tocsin demo --once':
    'is run by test/e2e/install-steps.test.ts; the demo by test/commands/demo.test.ts',
  'DATA_DIR=/var/lib/tocsin tocsin --env-file /etc/tocsin/tocsin.env check':
    'is run by test/e2e/install-steps.test.ts; the command by test/commands/check.test.ts',
  'DATA_DIR=/var/lib/tocsin tocsin --env-file /etc/tocsin/tocsin.env test soc':
    'is run by test/e2e/install-steps.test.ts; the command by test/commands/test.test.ts',
  'DATA_DIR=/var/lib/tocsin tocsin --env-file /etc/tocsin/tocsin.env serve':
    'is run by test/e2e/install-steps.test.ts; the command by test/commands/serve.test.ts',
  'install -d /etc/tocsin': 'is run by test/e2e/install-steps.test.ts',
  'install -m 600 /opt/tocsin/.env.example /etc/tocsin/tocsin.env':
    'is run by test/e2e/install-steps.test.ts',
  'systemctl link /opt/tocsin/systemd/tocsin.service':
    'is run by test/e2e/install-steps.test.ts; test/tree/systemd.test.ts reads the unit',
  'systemctl enable --now tocsin': 'is run by test/e2e/install-steps.test.ts',
  'sudo DATA_DIR=/var/lib/tocsin tocsin --env-file /etc/tocsin/tocsin.env --directory /opt/tocsin check':
    'is run by test/e2e/install-steps.test.ts; test/cli/surroundings.test.ts runs such a command with files of its own',
  'journalctl --unit tocsin --since -1h': 'is run by test/e2e/install-steps.test.ts',
  'systemctl daemon-reload && systemctl restart tocsin': 'is run by test/e2e/install-steps.test.ts',
  'docker run --rm --read-only --env-file .env tocsin check':
    'needs Docker; test/tree/container.test.ts reads the Dockerfile',
  'docker run --detach --name tocsin --restart unless-stopped --read-only --stop-timeout 60 --env-file .env -v tocsin:/data -p 127.0.0.1:8080:8080 tocsin':
    'needs Docker; test/tree/container.test.ts reads the Dockerfile',
  'docker exec tocsin tocsin test soc':
    'needs Docker; the command is run by test/commands/test.test.ts',
  'docker stop tocsin && docker rm tocsin': 'needs Docker',
  'helm upgrade tocsin k8s/chart --namespace tocsin -f values.yaml':
    'needs a cluster; test/k8s/chart.test.ts renders it',
  'helm rollback tocsin --namespace tocsin': 'needs a cluster',
  'sha256sum --check --ignore-missing SHA256SUMS': signed,
  [`cosign verify-blob --bundle SHA256SUMS.sigstore.json ${identity} SHA256SUMS`]: signed,
  [`gh attestation verify tocsin-${version}.tar.gz --repo soc/tocsin`]: signed,
  [`cosign verify ${identity} ghcr.io/soc/tocsin:${version}`]: signed,
  [`cosign verify ${identity} ghcr.io/soc/tocsin/charts/tocsin:${version}`]: signed,
  [`gh attestation verify oci://ghcr.io/soc/tocsin:${version} --repo soc/tocsin`]: signed,
  [`git checkout v${version}`]: made,
  'node release/release.mjs': made,
  'diff release/out/SHA256SUMS SHA256SUMS': made,
};
