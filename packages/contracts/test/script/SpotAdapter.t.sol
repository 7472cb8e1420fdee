// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deploy, DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {SpotAdapterScript, SpotPathConfig, SpotPoolConfig} from "../../script/SpotAdapter.s.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotPath} from "../../src/spot/SpotPath.sol";
import {UniswapV3Adapter} from "../../src/spot/UniswapV3Adapter.sol";
import {PoolKeyLike, UniswapV4Adapter} from "../../src/spot/UniswapV4Adapter.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {UniswapV4Venue} from "../utils/SpotVenues.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Where the hedged vaults of a deployment swap: the JSON, the deployed adapters, and configurations that revert.
contract SpotAdapterScriptTest is ExchangeTest {
    Deploy private script;
    UniswapV4Venue private v4;
    /// @dev Between base and collateral.
    address private middle;

    function setUp() public override {
        super.setUp();
        script = Deploy(deployCode(vm.envOr("DEPLOY_ARTIFACT", string("Deploy.s.sol:Deploy"))));
        vm.deal(address(script), 1 ether);
        v4 = new UniswapV4Venue();
        middle = address(new TestToken("BTC", "BTC", 8));
        v4.createPool(address(weth), address(usd), 1 << 96);
        v4.createPool(address(weth), middle, 1 << 96);
        v4.createPool(middle, address(usd), 1 << 96);
    }

    // ----------------------------------------------------------------------------------------------------- JSON ----

    /// @dev A single pool ends in the collateral by default.
    function test_ReadPath_OnePoolOfUniswapV3() public view {
        SpotPathConfig memory path = _read('"uniswapV3Factory":"0x00000000000000000000000000000000000000a5"', "500", "");
        assertEq(path.uniswapV3Factory, address(0xA5));
        assertEq(path.uniswapV4PoolManager, address(0));
        assertEq(path.pools.length, 1);
        _checkPool(path.pools[0], address(usd), 500, 0);
    }

    function test_ReadPath_TwoPoolsOfUniswapV4() public view {
        SpotPathConfig memory path = _read(
            '"uniswapV4PoolManager":"0x00000000000000000000000000000000000000a5"',
            '3000,"tickSpacing":60,"token":"0x00000000000000000000000000000000000000a6"},{"fee":100',
            ',"tickSpacing":1,"hooks":"0x0000000000000000000000000000000000000000"'
        );
        assertEq(path.uniswapV3Factory, address(0));
        assertEq(path.uniswapV4PoolManager, address(0xA5));
        assertEq(path.pools.length, 2);
        _checkPool(path.pools[0], address(0xA6), 3000, 60);
        _checkPool(path.pools[1], address(usd), 100, 1);
    }

    function test_ReadPath_RevertIf_APoolHasHooks() public {
        vm.expectRevert(abi.encodeWithSelector(SpotAdapterScript.HooksNotSupported.selector, 1, address(0xB0)));
        this.read('500},{"fee":500', ',"hooks":"0x00000000000000000000000000000000000000b0"');
    }

    // ------------------------------------------------------------------------------------------------- adapters ----

    function test_DeployAdapter_OfUniswapV3() public {
        UniswapV3Adapter adapter = UniswapV3Adapter(address(script.deployAdapter(config().spot, address(weth))));
        assertEq(adapter.legs(), 1);
        assertEq(adapter.baseToken(), address(weth));
        assertEq(adapter.quoteToken(), address(usd));
        assertEq(adapter.poolAt(0), address(spot.pool()));
    }

    function test_DeployAdapter_OfUniswapV4() public {
        UniswapV4Adapter adapter = UniswapV4Adapter(address(script.deployAdapter(_twoPoolsOfV4(), address(weth))));
        assertEq(address(adapter.poolManager()), address(v4.manager()));
        assertEq(adapter.legs(), 2);
        assertEq(adapter.tokenAt(1), middle);
        assertEq(adapter.quoteToken(), address(usd));
        PoolKeyLike memory key = adapter.poolKeyAt(1);
        assertEq(abi.encode(key), abi.encode(v4.keyOf(middle, address(usd))));
    }

    function test_DeployAdapter_RevertIf_NotOneExchangeIsNamed() public {
        SpotPathConfig memory path = config().spot;
        path.uniswapV4PoolManager = address(v4.manager());
        _expectRefusal(
            path, abi.encodeWithSelector(SpotAdapterScript.NotOneSpotExchange.selector, spot.factory(), v4.manager())
        );
        (path.uniswapV3Factory, path.uniswapV4PoolManager) = (address(0), address(0));
        _expectRefusal(path, abi.encodeWithSelector(SpotAdapterScript.NotOneSpotExchange.selector, 0, 0));
    }

    function test_DeployAdapter_RevertIf_TheExchangeIsNoContract() public {
        SpotPathConfig memory path = config().spot;
        path.uniswapV3Factory = stranger;
        _expectRefusal(path, abi.encodeWithSelector(SpotAdapterScript.NoContractAt.selector, stranger));
    }

    function test_DeployAdapter_RevertIf_TickSpacingOnUniswapV3() public {
        SpotPathConfig memory path = config().spot;
        path.pools[0].tickSpacing = 10;
        _expectRefusal(path, abi.encodeWithSelector(SpotAdapterScript.TickSpacingOnUniswapV3.selector, 0, int24(10)));
    }

    function test_DeployAdapter_RevertIf_ThereAreNoPoolsOrTooMany() public {
        SpotPathConfig memory path = _twoPoolsOfV4();
        path.pools = new SpotPoolConfig[](0);
        _expectRefusal(path, abi.encodeWithSelector(SpotPath.InvalidPath.selector, 1, 0));
        path.pools = new SpotPoolConfig[](4);
        _expectRefusal(path, abi.encodeWithSelector(SpotPath.InvalidPath.selector, 5, 4));
    }

    /// @dev The tokens of a hedged vault are ERC-20, and the native one has no address.
    function test_DeployAdapter_RevertIf_TheNativeTokenIsOnThePath() public {
        SpotPathConfig memory path = _twoPoolsOfV4();
        path.pools[0].token = address(0);
        _expectRefusal(path, abi.encodeWithSelector(SpotPath.InvalidPathToken.selector, address(0)));
    }

    /// @dev Both pools end in the collateral, the first because it names no token.
    function test_DeployAdapter_RevertIf_APoolInTheMiddleNamesNoToken() public {
        SpotPathConfig memory path = _read(
            string.concat('"uniswapV4PoolManager":"', vm.toString(address(v4.manager())), '"'),
            '500,"tickSpacing":10},{"fee":500',
            ',"tickSpacing":10'
        );
        _expectRefusal(path, abi.encodeWithSelector(SpotPath.InvalidPathToken.selector, usd));
    }

    function test_DeployAdapter_RevertIf_ThePoolIsUnknown() public {
        SpotPathConfig memory path = config().spot;
        path.pools[0].fee = 3000;
        _expectRefusal(
            path, abi.encodeWithSelector(UniswapV3Adapter.UnknownPool.selector, address(weth), address(usd), 3000)
        );
        path = _twoPoolsOfV4();
        path.pools[1].tickSpacing = 60;
        PoolKeyLike memory key = v4.keyOf(middle, address(usd));
        _expectRefusal(
            path,
            abi.encodeWithSelector(
                UniswapV4Adapter.UnknownPoolKey.selector, key.currency0, key.currency1, key.fee, int24(60)
            )
        );
    }

    // ------------------------------------------------------------------------------------------------- exchange ----

    function test_Deploy_EachVaultHedgesOnItsOwnPath() public {
        DeployConfig memory c = _withQuoteVault();
        c.spotHedgeQuoteMaker.spot = c.spot;
        c.spot = _twoPoolsOfV4();
        Deployment memory e = script.deploy(c, address(script));
        assertEq(address(e.spotHedgeBaseMaker.parameters().adapter), address(e.spotHedgeBaseMakerAdapter));
        assertEq(UniswapV4Adapter(address(e.spotHedgeBaseMakerAdapter)).legs(), 2);
        assertEq(address(e.spotHedgeQuoteMaker.parameters().adapter), address(e.spotHedgeQuoteMakerAdapter));
        assertEq(UniswapV3Adapter(address(e.spotHedgeQuoteMakerAdapter)).poolAt(0), address(spot.pool()));
    }

    function test_Deploy_TheQuoteVaultHedgesWhereTheBaseVaultDoes() public {
        Deployment memory e = script.deploy(_withQuoteVault(), address(script));
        assertEq(address(e.spotHedgeQuoteMakerAdapter), address(e.spotHedgeBaseMakerAdapter));
        assertEq(address(e.spotHedgeQuoteMaker.parameters().adapter), address(e.spotHedgeBaseMakerAdapter));
    }

    /// @dev A path that is configured in part is a mistake, and does not default to the base vault's.
    function test_Deploy_RevertIf_TheQuoteVaultsPathHasNoPools() public {
        DeployConfig memory c = _withQuoteVault();
        c.spotHedgeQuoteMaker.spot.uniswapV4PoolManager = address(v4.manager());
        vm.expectRevert(abi.encodeWithSelector(SpotPath.InvalidPath.selector, 1, 0));
        script.deploy(c, address(script));
    }

    function test_Deploy_RevertIf_ThePathEndsInAnotherToken() public {
        DeployConfig memory c = config();
        c.spot = _twoPoolsOfV4();
        SpotPoolConfig memory first = c.spot.pools[0];
        c.spot.pools = new SpotPoolConfig[](1);
        c.spot.pools[0] = first;
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.AdapterMismatch.selector, address(weth), middle));
        script.deploy(c, address(script));
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function read(string calldata terms, string calldata last) external view returns (SpotPathConfig memory) {
        return _read('"uniswapV4PoolManager":"0x00000000000000000000000000000000000000a5"', terms, last);
    }

    /// @dev `terms` follows the first pool's fee.
    function _read(string memory exchange, string memory terms, string memory last)
        private
        view
        returns (SpotPathConfig memory)
    {
        string memory json = string.concat('{"vault":{"spot":{', exchange, ',"pools":[{"fee":', terms, last, "}]}}}");
        return script.readPath(json, ".vault.spot", address(usd));
    }

    function _twoPoolsOfV4() private view returns (SpotPathConfig memory path) {
        path.uniswapV4PoolManager = address(v4.manager());
        path.pools = new SpotPoolConfig[](2);
        path.pools[0] = SpotPoolConfig(middle, 500, 10);
        path.pools[1] = SpotPoolConfig(address(usd), 500, 10);
    }

    function _withQuoteVault() private returns (DeployConfig memory c) {
        c = config();
        c.spotHedgeQuoteMaker.maxHedgeDeviation = 20_000;
        c.spotHedgeQuoteMaker.minMarginRatio = 200_000;
        c.spotHedgeQuoteMaker.rules =
            IQuoteVault.QuoteRules(500_000, 500_000, 50_000, 150_000, 5_000, 100, 5e6, 30, 3, 10, 60);
    }

    function _expectRefusal(SpotPathConfig memory path, bytes memory reason) private {
        vm.expectRevert(reason);
        script.deployAdapter(path, address(weth));
    }

    function _checkPool(SpotPoolConfig memory pool, address token, uint24 fee, int24 tickSpacing) private pure {
        assertEq(pool.token, token);
        assertEq(pool.fee, fee);
        assertEq(pool.tickSpacing, tickSpacing);
    }
}
