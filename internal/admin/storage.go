package admin

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// storageTypes says where each kind of data may be kept. A chat minds CHAT_TRANSCRIPTS, ATTACHMENTS and CONTACT_TRACE_RECORDS.
// Source: connect-chat sheet, 5.1.
var storageTypes = map[types.InstanceStorageResourceType][]types.StorageType{
	types.InstanceStorageResourceTypeChatTranscripts:                      {types.StorageTypeS3},
	types.InstanceStorageResourceTypeCallRecordings:                       {types.StorageTypeS3},
	types.InstanceStorageResourceTypeScheduledReports:                     {types.StorageTypeS3},
	types.InstanceStorageResourceTypeMediaStreams:                         {types.StorageTypeKinesisVideoStream},
	types.InstanceStorageResourceTypeContactTraceRecords:                  {types.StorageTypeKinesisStream, types.StorageTypeKinesisFirehose},
	types.InstanceStorageResourceTypeAgentEvents:                          {types.StorageTypeKinesisStream, types.StorageTypeKinesisFirehose},
	types.InstanceStorageResourceTypeRealTimeContactAnalysisSegments:      {types.StorageTypeKinesisStream},
	types.InstanceStorageResourceTypeAttachments:                          {types.StorageTypeS3},
	types.InstanceStorageResourceTypeContactEvaluations:                   {types.StorageTypeS3},
	types.InstanceStorageResourceTypeScreenRecordings:                     {types.StorageTypeS3},
	types.InstanceStorageResourceTypeRealTimeContactAnalysisChatSegments:  {types.StorageTypeKinesisStream},
	types.InstanceStorageResourceTypeRealTimeContactAnalysisVoiceSegments: {types.StorageTypeKinesisStream},
	types.InstanceStorageResourceTypeEmailMessages:                        {types.StorageTypeS3},
}

const (
	// storagePage is the largest page of associations, and the usual one. Source: API model, ListInstanceStorageConfigs.
	storagePage = 10

	// tokenLife is how long a ClientToken is remembered.
	tokenLife = 7 * 24 * time.Hour
)

// newStorage is where a new instance keeps transcripts and attachments, under the prefixes that Amazon's console proposes.
func newStorage(in NewInstance) []store.StorageConfig {
	name := in.Alias
	if !arn.IsBucket("parley-" + strings.ToLower(name)) {
		name = in.ID
	}
	at := func(resource types.InstanceStorageResourceType, folder string) store.StorageConfig {
		return store.StorageConfig{
			ID: in.id(string(resource)), ResourceType: string(resource), StorageType: string(types.StorageTypeS3),
			Bucket: "parley-" + strings.ToLower(name), Prefix: "connect/" + name + "/" + folder,
		}
	}
	return []store.StorageConfig{
		at(types.InstanceStorageResourceTypeChatTranscripts, "ChatTranscripts"),
		at(types.InstanceStorageResourceTypeAttachments, "Attachments"),
	}
}

// AssociateInstanceStorageConfig says where an instance keeps a kind of data. Of each kind there is one association.
func (s *Service) AssociateInstanceStorageConfig(ctx context.Context, in *connect.AssociateInstanceStorageConfigInput) (*connect.AssociateInstanceStorageConfigOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	row, err := storageConfig(in.ResourceType, in.StorageConfig)
	if err != nil {
		return nil, err
	}
	meant := *in
	meant.ClientToken, meant.InstanceId = nil, &instance.ID
	hash := sha256.Sum256(wire.Append(nil, &meant))
	token := store.Request{Scope: "AssociateInstanceStorageConfig/" + instance.ID, Token: reply.Value(in.ClientToken), Hash: hash[:]}

	fresh := uuid.NewString()
	var id string
	err = s.changeInstance(ctx, instance.ID, func(tx *store.Tx, instance *store.Instance) error {
		if earlier, err := reply.Answered(tx, token); err != nil || earlier != nil {
			id = string(earlier)
			return err
		}
		id = fresh
		if token.Token != "" {
			answered := token
			answered.Answer, answered.ExpiresAt = []byte(id), tx.Now().Add(tokenLife).UnixMilli()
			tx.PutRequest(answered)
		}
		if slices.ContainsFunc(instance.Storage, func(c store.StorageConfig) bool { return c.ResourceType == row.ResourceType }) {
			return &types.ResourceConflictException{Message: new("The instance has storage for " + row.ResourceType + " already")}
		}
		row := row
		row.ID = id
		instance.Storage = append(instance.Storage, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.AssociateInstanceStorageConfigOutput{AssociationId: &id}, nil
}

var (
	streamARN = regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/.+$`)
	firehose  = regexp.MustCompile(`^arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/.+$`)
)

// storageConfig checks an association and makes a row of it.
func storageConfig(resource types.InstanceStorageResourceType, in *types.InstanceStorageConfig) (store.StorageConfig, error) {
	row := store.StorageConfig{ResourceType: string(resource), StorageType: string(in.StorageType)}
	given := map[types.StorageType]bool{
		types.StorageTypeS3: in.S3Config != nil, types.StorageTypeKinesisStream: in.KinesisStreamConfig != nil,
		types.StorageTypeKinesisFirehose: in.KinesisFirehoseConfig != nil, types.StorageTypeKinesisVideoStream: in.KinesisVideoStreamConfig != nil,
	}
	for storage, there := range given {
		if there != (storage == in.StorageType) {
			return row, reply.InvalidRequest(fmt.Sprintf("StorageConfig of type %s holds the member for that type and no other", in.StorageType))
		}
	}
	if !slices.Contains(storageTypes[resource], in.StorageType) {
		return row, reply.InvalidParameter(fmt.Sprintf("%s can not be kept in %s", resource, in.StorageType))
	}
	var key *types.EncryptionConfig
	switch in.StorageType {
	case types.StorageTypeS3:
		row.Bucket, row.Prefix, key = reply.Value(in.S3Config.BucketName), reply.Value(in.S3Config.BucketPrefix), in.S3Config.EncryptionConfig
		if !arn.IsBucket(row.Bucket) {
			return row, reply.InvalidParameter("BucketName can not be the name of a bucket")
		}
		if !isPrefix(row.Prefix) {
			return row, reply.InvalidParameter("BucketPrefix is the beginning of a key, such as connect/demo/ChatTranscripts")
		}
	case types.StorageTypeKinesisVideoStream:
		c := in.KinesisVideoStreamConfig
		row.Prefix, row.RetentionHours, key = reply.Value(c.Prefix), int64(c.RetentionPeriodHours), c.EncryptionConfig
	case types.StorageTypeKinesisStream:
		if row.StreamARN = reply.Value(in.KinesisStreamConfig.StreamArn); !streamARN.MatchString(row.StreamARN) {
			return row, reply.InvalidParameter("StreamArn is not the ARN of a Kinesis stream")
		}
	case types.StorageTypeKinesisFirehose:
		if row.StreamARN = reply.Value(in.KinesisFirehoseConfig.FirehoseArn); !firehose.MatchString(row.StreamARN) {
			return row, reply.InvalidParameter("FirehoseArn is not the ARN of a delivery stream")
		}
	}
	if key != nil {
		row.EncryptionKey = reply.Value(key.KeyId)
	}
	return row, nil
}

// isPrefix reports whether keys may begin so: names between slashes that a folder can have too, and none that begins with a dot.
func isPrefix(prefix string) bool {
	for name := range strings.SplitSeq(strings.TrimSuffix(prefix, "/"), "/") {
		if name == "" || name[0] == '.' || strings.ContainsFunc(name, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
			return false
		}
	}
	return true
}

// described is an association as callers see it.
func described(row *store.StorageConfig) types.InstanceStorageConfig {
	out := types.InstanceStorageConfig{AssociationId: &row.ID, StorageType: types.StorageType(row.StorageType)}
	var key *types.EncryptionConfig
	if row.EncryptionKey != "" {
		key = &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: &row.EncryptionKey}
	}
	switch out.StorageType {
	case types.StorageTypeS3:
		out.S3Config = &types.S3Config{BucketName: &row.Bucket, BucketPrefix: &row.Prefix, EncryptionConfig: key}
	case types.StorageTypeKinesisVideoStream:
		out.KinesisVideoStreamConfig = &types.KinesisVideoStreamConfig{
			Prefix: &row.Prefix, RetentionPeriodHours: int32(row.RetentionHours), EncryptionConfig: key,
		}
	case types.StorageTypeKinesisStream:
		out.KinesisStreamConfig = &types.KinesisStreamConfig{StreamArn: &row.StreamARN}
	case types.StorageTypeKinesisFirehose:
		out.KinesisFirehoseConfig = &types.KinesisFirehoseConfig{FirehoseArn: &row.StreamARN}
	}
	return out
}

// association finds an association of an instance by its id. It is not found under another resource type.
func association(instance *store.Instance, id *string, resource types.InstanceStorageResourceType) (int, error) {
	i := slices.IndexFunc(instance.Storage, func(c store.StorageConfig) bool {
		return c.ID == reply.Value(id) && c.ResourceType == string(resource)
	})
	if i < 0 {
		return 0, reply.NotFound("Storage association")
	}
	return i, nil
}

// DescribeInstanceStorageConfig reads an association.
func (s *Service) DescribeInstanceStorageConfig(ctx context.Context, in *connect.DescribeInstanceStorageConfigInput) (*connect.DescribeInstanceStorageConfigOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	i, err := association(instance, in.AssociationId, in.ResourceType)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeInstanceStorageConfigOutput{StorageConfig: new(described(&instance.Storage[i]))}, nil
}

// ListInstanceStorageConfigs lists the associations of one resource type: one or none.
func (s *Service) ListInstanceStorageConfigs(ctx context.Context, in *connect.ListInstanceStorageConfigsInput) (*connect.ListInstanceStorageConfigsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "storage\x00" + instance.ID + "\x00" + string(in.ResourceType)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	all := []types.InstanceStorageConfig{}
	for i := range instance.Storage {
		if row := &instance.Storage[i]; row.ResourceType == string(in.ResourceType) && row.ID > after {
			all = append(all, described(row))
		}
	}
	all, next := reply.Page(all, reply.PageSize(in.MaxResults, storagePage), list, func(c *types.InstanceStorageConfig) string { return *c.AssociationId })
	return &connect.ListInstanceStorageConfigsOutput{StorageConfigs: all, NextToken: next}, nil
}

// UpdateInstanceStorageConfig replaces an association. What was kept before stays where it is.
func (s *Service) UpdateInstanceStorageConfig(ctx context.Context, in *connect.UpdateInstanceStorageConfigInput) (*connect.UpdateInstanceStorageConfigOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if _, err := association(instance, in.AssociationId, in.ResourceType); err != nil {
		return nil, err
	}
	row, err := storageConfig(in.ResourceType, in.StorageConfig)
	if err != nil {
		return nil, err
	}
	if id := reply.Value(in.StorageConfig.AssociationId); id != "" && id != *in.AssociationId {
		return nil, reply.InvalidParameter("StorageConfig.AssociationId is that of another association")
	}
	row.ID = *in.AssociationId
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		i, err := association(instance, in.AssociationId, in.ResourceType)
		if err == nil {
			instance.Storage[i] = row
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateInstanceStorageConfigOutput{}, nil
}

// DisassociateInstanceStorageConfig removes an association. What was kept stays where it is.
func (s *Service) DisassociateInstanceStorageConfig(ctx context.Context, in *connect.DisassociateInstanceStorageConfigInput) (*connect.DisassociateInstanceStorageConfigOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		i, err := association(instance, in.AssociationId, in.ResourceType)
		if err == nil {
			instance.Storage = slices.Delete(instance.Storage, i, i+1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateInstanceStorageConfigOutput{}, nil
}
