// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Script} from "forge-std/Script.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ISpotAdapter} from "../src/interfaces/ISpotAdapter.sol";
import {IUniswapV3FactoryLike, UniswapV3Adapter} from "../src/spot/UniswapV3Adapter.sol";
import {IPoolManagerLike, UniswapV4Adapter} from "../src/spot/UniswapV4Adapter.sol";

/// @dev Spot pools in which an LP vault hedges: one to three pools of one exchange, from the base token to the
/// collateral.
struct SpotPathConfig {
    /// @dev Factory of Uniswap v3; zero for Uniswap v4
    address uniswapV3Factory;
    /// @dev PoolManager of Uniswap v4; zero for Uniswap v3
    address uniswapV4PoolManager;
    SpotPoolConfig[] pools;
}

struct SpotPoolConfig {
    /// @dev Output token of the pool on the way from base to collateral. The token of the last pool is the collateral.
    address token;
    /// @dev 1e6 = 100%
    uint24 fee;
    /// @dev Uniswap v4 only. In v3 the fee determines it.
    int24 tickSpacing;
}

/// @dev Base of the scripts that deploy adapters.
abstract contract SpotAdapterScript is Script {
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev A path must name exactly one exchange.
    error NotOneSpotExchange(address uniswapV3Factory, address uniswapV4PoolManager);
    error NoContractAt(address account);
    error TickSpacingOnUniswapV3(uint256 leg, int24 tickSpacing);
    /// @dev Pools with hooks are not supported, because hooks can change the amounts of a swap.
    error HooksNotSupported(uint256 leg, address hooks);

    /// @dev The constructor of the adapter reverts when a pool or a token is invalid.
    function deployAdapter(SpotPathConfig memory path, address base) public returns (ISpotAdapter) {
        bool isV4 = path.uniswapV4PoolManager != address(0);
        if (isV4 == (path.uniswapV3Factory != address(0))) {
            revert NotOneSpotExchange(path.uniswapV3Factory, path.uniswapV4PoolManager);
        }
        address exchange = isV4 ? path.uniswapV4PoolManager : path.uniswapV3Factory;
        require(exchange.code.length != 0, NoContractAt(exchange));
        uint256 legs = path.pools.length;
        address[] memory tokens = new address[](legs + 1);
        uint24[] memory fees = new uint24[](legs);
        int24[] memory tickSpacings = new int24[](legs);
        tokens[0] = base;
        for (uint256 leg = 0; leg < legs; ++leg) {
            SpotPoolConfig memory pool = path.pools[leg];
            require(isV4 || pool.tickSpacing == 0, TickSpacingOnUniswapV3(leg, pool.tickSpacing));
            (tokens[leg + 1], fees[leg], tickSpacings[leg]) = (pool.token, pool.fee, pool.tickSpacing);
        }
        return isV4
            ? ISpotAdapter(new UniswapV4Adapter(IPoolManagerLike(exchange), tokens, fees, tickSpacings))
            : ISpotAdapter(new UniswapV3Adapter(IUniswapV3FactoryLike(exchange), tokens, fees));
    }

    /// @param key key of the path in `json`
    /// @param collateral output token of pools that name none
    function readPath(string memory json, string memory key, address collateral)
        public
        view
        returns (SpotPathConfig memory path)
    {
        path.uniswapV3Factory = _address(json, string.concat(key, ".uniswapV3Factory"));
        path.uniswapV4PoolManager = _address(json, string.concat(key, ".uniswapV4PoolManager"));
        uint256 legs;
        while (vm.keyExistsJson(json, _poolKey(key, legs))) ++legs;
        path.pools = new SpotPoolConfig[](legs);
        for (uint256 leg = 0; leg < legs; ++leg) {
            string memory pool = _poolKey(key, leg);
            address hooks = _address(json, string.concat(pool, ".hooks"));
            require(hooks == address(0), HooksNotSupported(leg, hooks));
            string memory token = string.concat(pool, ".token");
            string memory spacing = string.concat(pool, ".tickSpacing");
            path.pools[leg] = SpotPoolConfig({
                token: vm.keyExistsJson(json, token) ? vm.parseJsonAddress(json, token) : collateral,
                fee: vm.parseJsonUint(json, string.concat(pool, ".fee")).toUint24(),
                tickSpacing: vm.keyExistsJson(json, spacing) ? vm.parseJsonInt(json, spacing).toInt24() : int24(0)
            });
        }
    }

    /// @dev Reads an optional key.
    function _address(string memory json, string memory key) internal view returns (address) {
        return vm.keyExistsJson(json, key) ? vm.parseJsonAddress(json, key) : address(0);
    }

    function _poolKey(string memory key, uint256 leg) private pure returns (string memory) {
        return string.concat(key, ".pools[", Strings.toString(leg), "]");
    }
}

/// @title Deploys a spot adapter for an existing LP vault
/// @notice Reads `base`, `collateral` and the path `spot` from the JSON file `ADAPTER_CONFIG` and writes the address to
/// the JSON file `ADAPTER_OUT`. An adapter has no owner. The owner of an LP vault sets it with `setParameters`.
contract DeploySpotAdapter is SpotAdapterScript {
    function run() external returns (ISpotAdapter adapter) {
        string memory json = vm.readFile(vm.envString("ADAPTER_CONFIG"));
        SpotPathConfig memory path = readPath(json, ".spot", vm.parseJsonAddress(json, ".collateral"));
        vm.startBroadcast();
        adapter = deployAdapter(path, vm.parseJsonAddress(json, ".base"));
        vm.stopBroadcast();
        vm.writeJson(vm.serializeAddress("adapter", "adapter", address(adapter)), vm.envString("ADAPTER_OUT"));
    }
}
