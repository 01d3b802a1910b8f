namespace Temporalio.Worker.Interceptors;

/// <summary>Wraps what workflows and activities of a worker receive and send.</summary>
public interface IWorkerInterceptor
{
    WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => nextInterceptor;

    ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => nextInterceptor;
}
