package main

import (
	"context"

	"k8s.io/klog/v2"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/images/pullmanager"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type policyCase struct {
	Policy    string   `json:"policy"`
	Allowlist []string `json:"allowlist"`
}

func (p policyCase) enforcer() (pullmanager.ImagePullPolicyEnforcer, error) {
	policy := kubeletconfig.ImagePullCredentialsVerificationPolicy(p.Policy)
	return pullmanager.NewImagePullCredentialVerificationPolicy(policy, p.Allowlist)
}

type verificationCase struct {
	policyCase
	Image           string `json:"image"`
	PulledByKubelet bool   `json:"pulledByKubelet"`
}

type verificationAnswer struct {
	Rejected string `json:"rejected,omitempty"`
	Message  string `json:"message,omitempty"`
	Required *bool  `json:"required,omitempty"`
}

func verificationPolicy(question verificationCase) (any, error) {
	enforcer, err := question.enforcer()
	if err != nil {
		return verificationAnswer{Rejected: "policy", Message: err.Error()}, nil
	}
	required := enforcer.RequireCredentialVerificationForImage(question.Image, question.PulledByKubelet)
	return verificationAnswer{Required: &required}, nil
}

type pullSecretCase struct {
	UID            string `json:"uid"`
	Namespace      string `json:"namespace"`
	Name           string `json:"name"`
	CredentialHash string `json:"credentialHash"`
}

type serviceAccountCase struct {
	UID       string `json:"uid"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type pullCredentialsCase struct {
	NodePodsAccessible bool                 `json:"nodePodsAccessible"`
	Secrets            []pullSecretCase     `json:"secrets"`
	ServiceAccounts    []serviceAccountCase `json:"serviceAccounts"`
}

type mustAttemptCase struct {
	policyCase
	Image    string `json:"image"`
	ImageRef string `json:"imageRef"`
	// Record is the pulled record's credentials by image name without tag and digest; null is no record.
	Record map[string]pullCredentialsCase `json:"record"`
	// Intent is whether a record says that the kubelet began to pull the image.
	Intent            bool                `json:"intent"`
	PodSecrets        []pullSecretCase    `json:"podSecrets"`
	PodServiceAccount *serviceAccountCase `json:"podServiceAccount"`
}

type mustAttemptAnswer struct {
	Rejected string `json:"rejected,omitempty"`
	Message  string `json:"message,omitempty"`
	MustPull *bool  `json:"mustPull,omitempty"`
}

func mustAttemptPull(question mustAttemptCase) (any, error) {
	enforcer, err := question.enforcer()
	if err != nil {
		return mustAttemptAnswer{Rejected: "policy", Message: err.Error()}, nil
	}
	// EnsureImageExists looks at the name first.
	if _, _, _, err := parsers.ParseImageName(question.Image); err != nil {
		return mustAttemptAnswer{Rejected: "image", Message: err.Error()}, nil
	}
	records := &memoryRecords{question: question}
	manager, err := pullmanager.NewImagePullManager(context.Background(), records, enforcer, nil, 1)
	if err != nil {
		return nil, err
	}
	podCredentials := func() ([]kubeletconfig.ImagePullSecret, *kubeletconfig.ImagePullServiceAccount, error) {
		return toPullSecrets(question.PodSecrets), question.PodServiceAccount.convert(), nil
	}
	mustPull, err := manager.MustAttemptImagePull(context.Background(), question.Image, question.ImageRef, podCredentials)
	return mustAttemptAnswer{MustPull: &mustPull}, err
}

func toPullSecrets(cases []pullSecretCase) []kubeletconfig.ImagePullSecret {
	var list []kubeletconfig.ImagePullSecret
	for _, secret := range cases {
		list = append(list, kubeletconfig.ImagePullSecret{
			UID: secret.UID, Namespace: secret.Namespace, Name: secret.Name, CredentialHash: secret.CredentialHash,
		})
	}
	return list
}

func (s *serviceAccountCase) convert() *kubeletconfig.ImagePullServiceAccount {
	if s == nil {
		return nil
	}
	return &kubeletconfig.ImagePullServiceAccount{UID: s.UID, Namespace: s.Namespace, Name: s.Name}
}

func (q mustAttemptCase) pulledRecord() *kubeletconfig.ImagePulledRecord {
	mapping := map[string]kubeletconfig.ImagePullCredentials{}
	for name, credentials := range q.Record {
		var accounts []kubeletconfig.ImagePullServiceAccount
		for _, account := range credentials.ServiceAccounts {
			accounts = append(accounts, *account.convert())
		}
		mapping[name] = kubeletconfig.ImagePullCredentials{
			NodePodsAccessible:        credentials.NodePodsAccessible,
			KubernetesSecrets:         toPullSecrets(credentials.Secrets),
			KubernetesServiceAccounts: accounts,
		}
	}
	return &kubeletconfig.ImagePulledRecord{ImageRef: q.ImageRef, CredentialMapping: mapping}
}

// memoryRecords is the kubelet's record directory, holding what one case says.
type memoryRecords struct {
	pullmanager.PullRecordsAccessor
	question mustAttemptCase
}

func (r *memoryRecords) ListImagePullIntents() ([]*kubeletconfig.ImagePullIntent, error) {
	return nil, nil
}

func (r *memoryRecords) ImagePullIntentExists(string) (bool, error) {
	return r.question.Intent, nil
}

func (r *memoryRecords) GetImagePulledRecord(string) (*kubeletconfig.ImagePulledRecord, bool, error) {
	if r.question.Record == nil {
		return nil, false, nil
	}
	return r.question.pulledRecord(), true, nil
}

// WriteImagePulledRecord drops what the manager learnt: every case starts afresh.
func (r *memoryRecords) WriteImagePulledRecord(klog.Logger, *kubeletconfig.ImagePulledRecord) error {
	return nil
}
