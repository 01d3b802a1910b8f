using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Storage;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Namespaces;

internal sealed record Namespace(string Id, string Name, DescribeNamespaceResponse Description);

/// <summary>The namespaces, all in memory and all in the store.</summary>
internal sealed class NamespaceRegistry(IStore store)
{
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Namespace> _byName = [];

    public IEnumerable<Namespace> All => _byName.Values.OrderBy(item => item.Name);

    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var record in await store.ReadNamespacesAsync(cancellation))
        {
            var description = DescribeNamespaceResponse.Parser.ParseFrom(record.Description);
            _byName[record.Name] = new Namespace(record.Id, record.Name, description);
        }
    }

    public async Task EnsureAsync(string name)
    {
        if (!_byName.ContainsKey(name))
        {
            await RegisterAsync(new RegisterNamespaceRequest { Namespace = name });
        }
    }

    public async Task RegisterAsync(RegisterNamespaceRequest request)
    {
        if (_byName.ContainsKey(request.Namespace))
        {
            throw new GrpcException(
                GrpcStatusCode.AlreadyExists, "Namespace already exists.", new NamespaceAlreadyExistsFailure());
        }

        var id = Guid.NewGuid().ToString();
        var description = new DescribeNamespaceResponse
        {
            NamespaceInfo = new()
            {
                Name = request.Namespace,
                Id = id,
                State = NamespaceState.Registered,
                Description = request.Description,
                OwnerEmail = request.OwnerEmail,
            },
            Config = new()
            {
                WorkflowExecutionRetentionTtl = request.WorkflowExecutionRetentionPeriod ?? Duration.FromTimeSpan(DefaultRetention),
                HistoryArchivalState = ArchivalState.Disabled,
                VisibilityArchivalState = ArchivalState.Disabled,
            },
            ReplicationConfig = new() { ActiveClusterName = "active", Clusters = { new Temporalio.Api.Replication.V1.ClusterReplicationConfig { ClusterName = "active" } } },
        };
        description.NamespaceInfo.Data.Add(request.Data);
        await store.SaveNamespaceAsync(new NamespaceRecord(id, request.Namespace, description.ToByteArray()));
        _byName[request.Namespace] = new Namespace(id, request.Namespace, description);
    }

    public async Task<Namespace> UpdateAsync(UpdateNamespaceRequest request)
    {
        var found = Get(request.Namespace);
        var description = found.Description.Clone();
        if (request.UpdateInfo is { } info)
        {
            description.NamespaceInfo.Description = info.Description.Length > 0 ? info.Description : description.NamespaceInfo.Description;
            description.NamespaceInfo.OwnerEmail = info.OwnerEmail.Length > 0 ? info.OwnerEmail : description.NamespaceInfo.OwnerEmail;
            foreach (var (key, value) in info.Data)
            {
                description.NamespaceInfo.Data[key] = value;
            }
        }

        if (request.Config?.WorkflowExecutionRetentionTtl is { } retention)
        {
            description.Config.WorkflowExecutionRetentionTtl = retention;
        }

        await store.SaveNamespaceAsync(new NamespaceRecord(found.Id, found.Name, description.ToByteArray()));
        return _byName[found.Name] = found with { Description = description };
    }

    public Namespace? FindByName(string name) => _byName.GetValueOrDefault(name);

    public Namespace? FindById(string id) => _byName.Values.FirstOrDefault(item => item.Id == id);

    /// <summary>The namespace of a request, or the error that clients expect.</summary>
    public Namespace Get(string name)
    {
        if (name.Length == 0)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "Namespace not set on request.");
        }

        return FindByName(name) ?? throw NotFound(name);
    }

    public static GrpcException NotFound(string name) => new(
        GrpcStatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });
}
