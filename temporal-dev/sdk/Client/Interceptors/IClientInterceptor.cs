namespace Temporalio.Client.Interceptors;

/// <summary>Puts itself before what a client does. If it is a worker interceptor too, the client's workers use it as well.</summary>
public interface IClientInterceptor
{
    ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => nextInterceptor;
}
