using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Namespaces;

internal sealed record Namespace(string Id, string Name, DescribeNamespaceResponse Description)
{
    public AttributeSchema Attributes { get; } = new(Description.Config.CustomSearchAttributeAliases);

    /// <summary>How long closed runs are kept; zero keeps them for ever.</summary>
    public TimeSpan Retention { get; } = Description.Config.WorkflowExecutionRetentionTtl?.ToTimeSpan() ?? TimeSpan.Zero;
}

/// <summary>The namespaces, all in memory and all in the store.</summary>
internal sealed class NamespaceRegistry(IStore store) : IDisposable
{
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(1);

    /// <summary>Changes read, alter and write the whole description: two at once would lose one.</summary>
    private readonly SemaphoreSlim _changing = new(1, 1);
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
                GrpcStatusCode.AlreadyExists, $"Namespace \"{request.Namespace}\" already exists", new NamespaceAlreadyExistsFailure());
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
                BadBinaries = new(),
            },
            ReplicationConfig = new() { ActiveClusterName = "active", State = ReplicationState.Normal, Clusters = { new Temporalio.Api.Replication.V1.ClusterReplicationConfig { ClusterName = "active" } } },
        };
        description.NamespaceInfo.Data.Add(request.Data);
        await store.SaveNamespaceAsync(new NamespaceRecord(id, request.Namespace, description.ToByteArray()));
        _byName[request.Namespace] = new Namespace(id, request.Namespace, description);
    }

    public Task<Namespace> UpdateAsync(UpdateNamespaceRequest request) => ChangeAsync(
        request.Namespace,
        description =>
        {
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
        });

    /// <summary>Registers all of them or none; one that is there with the same type already is no error.</summary>
    public Task AddAttributesAsync(string name, IEnumerable<KeyValuePair<string, IndexedValueType>> attributes) => ChangeAsync(
        name,
        description =>
        {
            foreach (var (attribute, type) in attributes)
            {
                AttributeSlots.Add(description.Config.CustomSearchAttributeAliases, attribute, type);
            }
        });

    public Task RemoveAttributesAsync(string name, IEnumerable<string> attributes) => ChangeAsync(
        name,
        description =>
        {
            foreach (var attribute in attributes)
            {
                AttributeSlots.Remove(description.Config.CustomSearchAttributeAliases, attribute);
            }
        });

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

    public void Dispose() => _changing.Dispose();

    private async Task<Namespace> ChangeAsync(string name, Action<DescribeNamespaceResponse> change)
    {
        await _changing.WaitAsync();
        try
        {
            var found = Get(name);
            var description = found.Description.Clone();
            change(description);
            await store.SaveNamespaceAsync(new NamespaceRecord(found.Id, found.Name, description.ToByteArray()));
            return _byName[found.Name] = new Namespace(found.Id, found.Name, description);
        }
        finally
        {
            _changing.Release();
        }
    }

    public static GrpcException NotFound(string name) => new(
        GrpcStatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });
}
