// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {IUniswapV3FactoryLike, UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {IPoolManagerLike, PoolKeyLike, UniswapV4Adapter} from "../../src/spot/UniswapV4Adapter.sol";
import {TestToken} from "./TestToken.sol";
import {IUniswapV3Factory, IUniswapV3Pool} from "./UniswapV3Local.sol";

/// @dev A real exchange for spot tokens, with pools of 0.05% and tick spacing 10. Mints the tokens of its liquidity.
abstract contract SpotVenue {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint24 internal constant FEE = 500;
    int24 internal constant SPACING = 10;
    /// @dev The full range of that spacing.
    int24 public constant EDGE = 887_270;

    /// @dev Creates a pool at `price` whole B per whole A, with full-range liquidity that holds `depth` whole A.
    function createPool(address tokenA, address tokenB, uint256 price, uint256 depth) external {
        createPool(tokenA, tokenB, sqrtPriceOf(tokenA, tokenB, price));
        provide(tokenA, tokenB, -EDGE, EDGE, liquidityOf(tokenA, tokenB, price, depth));
    }

    /// @dev Creates the pool of two tokens.
    function createPool(address tokenA, address tokenB, uint160 sqrtPriceX96) public virtual;

    /// @dev Adds liquidity between two ticks.
    function provide(address tokenA, address tokenB, int24 lower, int24 upper, uint128 liquidity) public virtual;

    /// @dev Square root of token 1 per token 0 in their smallest units, at `price` whole B per whole A.
    function sqrtPriceOf(address tokenA, address tokenB, uint256 price) public view returns (uint160) {
        uint256 a = 10 ** TestToken(tokenA).decimals();
        uint256 b = price * 10 ** TestToken(tokenB).decimals();
        uint256 ratioX128 = tokenA < tokenB ? Math.mulDiv(b, 1 << 128, a) : Math.mulDiv(a, 1 << 128, b);
        return uint160(Math.sqrt(ratioX128) << 32);
    }

    /// @dev Full-range liquidity that holds `depth` whole A at `price` whole B per whole A.
    function liquidityOf(address tokenA, address tokenB, uint256 price, uint256 depth) public view returns (uint128) {
        uint256 a = depth * 10 ** TestToken(tokenA).decimals();
        uint256 b = depth * price * 10 ** TestToken(tokenB).decimals();
        return uint128(Math.sqrt(a) * Math.sqrt(b));
    }

    function currentTick(address tokenA, address tokenB) external view virtual returns (int24);

    /// @dev An adapter along a path of such pools.
    function adapterFor(address[] calldata path) external returns (ISpotAdapter) {
        uint24[] memory fees = new uint24[](path.length == 0 ? 0 : path.length - 1);
        for (uint256 i = 0; i < fees.length; ++i) {
            fees[i] = FEE;
        }
        return adapterFor(path, fees);
    }

    function adapterFor(address[] calldata path, uint24[] memory fees) public virtual returns (ISpotAdapter);

    /// @dev The contract that may call the adapter back.
    function venueOf(ISpotAdapter adapter) external view virtual returns (address);

    /// @dev The pool's callback, sent by another account.
    function callback() external view virtual returns (bytes memory);
}

contract UniswapV3Venue is SpotVenue {
    string private constant ARTIFACT =
        "packages/contracts/node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json";

    IUniswapV3Factory public immutable factory = IUniswapV3Factory(VM.deployCode(ARTIFACT));

    function createPool(address tokenA, address tokenB, uint160 sqrtPriceX96) public override {
        IUniswapV3Pool(factory.createPool(tokenA, tokenB, FEE)).initialize(sqrtPriceX96);
    }

    function provide(address tokenA, address tokenB, int24 lower, int24 upper, uint128 liquidity) public override {
        _pool(tokenA, tokenB).mint(address(this), lower, upper, liquidity, abi.encode(tokenA, tokenB));
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external {
        (address a, address b) = abi.decode(data, (address, address));
        (a, b) = a < b ? (a, b) : (b, a);
        TestToken(a).mint(msg.sender, amount0);
        TestToken(b).mint(msg.sender, amount1);
    }

    function currentTick(address tokenA, address tokenB) external view override returns (int24 tick) {
        (, tick,,,,,) = _pool(tokenA, tokenB).slot0();
    }

    function adapterFor(address[] calldata path, uint24[] memory fees) public override returns (ISpotAdapter) {
        return new UniswapV3Adapter(IUniswapV3FactoryLike(address(factory)), path, fees);
    }

    function venueOf(ISpotAdapter adapter) external view override returns (address) {
        return UniswapV3Adapter(address(adapter)).poolAt(0);
    }

    function callback() external pure override returns (bytes memory) {
        return abi.encodeCall(UniswapV3Adapter.uniswapV3SwapCallback, (1, -1, ""));
    }

    function _pool(address tokenA, address tokenB) private view returns (IUniswapV3Pool) {
        return IUniswapV3Pool(factory.getPool(tokenA, tokenB, FEE));
    }
}

struct ModifyLiquidityParams {
    int24 tickLower;
    int24 tickUpper;
    int256 liquidityDelta;
    bytes32 salt;
}

interface IPoolManager is IPoolManagerLike {
    function initialize(PoolKeyLike memory key, uint160 sqrtPriceX96) external returns (int24 tick);
    function modifyLiquidity(PoolKeyLike memory key, ModifyLiquidityParams memory params, bytes calldata hookData)
        external
        returns (int256 callerDelta, int256 feesAccrued);
}

contract UniswapV4Venue is SpotVenue {
    string private constant ARTIFACT =
        "packages/contracts/node_modules/@uniswap/v4-core/out/PoolManager.sol/PoolManager.json";

    IPoolManager public immutable manager = IPoolManager(VM.deployCode(ARTIFACT, abi.encode(address(this))));

    function createPool(address tokenA, address tokenB, uint160 sqrtPriceX96) public override {
        manager.initialize(keyOf(tokenA, tokenB), sqrtPriceX96);
    }

    function provide(address tokenA, address tokenB, int24 lower, int24 upper, uint128 liquidity) public override {
        ModifyLiquidityParams memory params = ModifyLiquidityParams(lower, upper, int256(uint256(liquidity)), 0);
        manager.unlock(abi.encode(keyOf(tokenA, tokenB), params));
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        (PoolKeyLike memory key, ModifyLiquidityParams memory params) =
            abi.decode(data, (PoolKeyLike, ModifyLiquidityParams));
        (int256 delta,) = manager.modifyLiquidity(key, params, "");
        _pay(key.currency0, int128(delta >> 128));
        _pay(key.currency1, int128(delta));
        return "";
    }

    function currentTick(address tokenA, address tokenB) external view override returns (int24) {
        bytes32 poolId = keccak256(abi.encode(keyOf(tokenA, tokenB)));
        return int24(uint24(uint256(manager.extsload(keccak256(abi.encode(poolId, 6)))) >> 160));
    }

    function adapterFor(address[] calldata path, uint24[] memory fees) public override returns (ISpotAdapter) {
        int24[] memory spacings = new int24[](fees.length);
        for (uint256 i = 0; i < fees.length; ++i) {
            spacings[i] = SPACING;
        }
        return new UniswapV4Adapter(manager, path, fees, spacings);
    }

    function venueOf(ISpotAdapter) external view override returns (address) {
        return address(manager);
    }

    function callback() external view override returns (bytes memory) {
        return abi.encodeCall(UniswapV4Adapter.unlockCallback, (abi.encode(true, true, uint256(1), msg.sender)));
    }

    function keyOf(address tokenA, address tokenB) public pure returns (PoolKeyLike memory) {
        (address a, address b) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
        return PoolKeyLike(a, b, FEE, SPACING, address(0));
    }

    function _pay(address token, int256 delta) private {
        if (delta >= 0) return;
        manager.sync(token);
        TestToken(token).mint(address(manager), uint256(-delta));
        manager.settle();
    }
}
