// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deploy, DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {SpotPoolConfig} from "../../script/SpotAdapter.s.sol";
import {Backstop} from "../../src/Backstop.sol";
import {ClearingHouse} from "../../src/ClearingHouse.sol";
import {Vault} from "../../src/Vault.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {SignedOrderGateway} from "../../src/gateways/SignedOrderGateway.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {SpotHedgeMaker} from "../../src/makers/spot-hedge/SpotHedgeMaker.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Position} from "../../src/types/Position.sol";
import {Quote} from "../../src/types/Units.sol";
import {PythDouble} from "./PythDouble.sol";
import {TestAccounts} from "./TestAccounts.sol";
import {TestToken} from "./TestToken.sol";
import {SpotMarket, UniswapV3Local} from "./UniswapV3Local.sol";

/// @dev The whole exchange, deployed by the deployment script on a double of Pyth and a real Uniswap v3 pool.
/// Market 1 is ETH at 2,000; collateral has 6 decimals; one LP is in both makers, takers have funds but no margin.
abstract contract ExchangeTest is TestAccounts {
    bytes32 internal constant FEED = keccak256("ETH/USD");
    uint256 internal constant START = 1_700_000_000;
    uint256 internal constant START_PRICE = 2000e18;
    uint256 internal constant USD = 1e6;
    /// @dev Ppm: four standard deviations of 60 seconds at 300% per year, {BondMath-ratioCeil}.
    uint24 internal constant BOND_RATIO = 16_553;

    PythDouble internal pyth;
    TestToken internal usd;
    TestToken internal weth;
    SpotMarket internal spot;
    Deployment internal d;
    Vault internal vault;
    ClearingHouse internal house;
    Backstop internal backstop;
    PythOracle internal oracle;
    OrderGateway internal gateway;
    SignedOrderGateway internal signedGateway;
    OracleMaker internal om;
    SpotHedgeBaseMaker internal shb;
    LpRequestVault internal omRequests;
    LpRequestVault internal shbRequests;
    uint256 internal market;

    address internal lp = makeAddr("lp");
    address internal keeper = makeAddr("keeper");

    function setUp() public virtual {
        vm.warp(START);
        pyth = createPyth();
        usd = createCollateral();
        weth = createBaseToken();
        spot = createSpotMarket();
        setPrice(START_PRICE);

        // Deployed from its artifact: `new Deploy()` would put the code of the whole exchange into every test contract
        // and optimize it again for each. `pnpm test` names the artifact of the released build.
        Deploy script = Deploy(deployCode(vm.envOr("DEPLOY_ARTIFACT", string("Deploy.s.sol:Deploy"))));
        vm.deal(address(script), 1 ether);
        d = script.deploy(config(), address(script));
        (vault, house, oracle, gateway) = (d.vault, d.clearingHouse, d.oracle, d.orderGateway);
        (backstop, signedGateway) = (d.backstop, d.signedOrderGateway);
        (om, shb, market) = (d.oracleMaker, d.spotHedgeBaseMaker, d.marketId);
        (omRequests, shbRequests) = (d.oracleMakerRequestVault, d.spotHedgeBaseMakerRequestVault);
        vm.startPrank(owner());
        oracle.acceptOwnership();
        house.acceptOwnership();
        gateway.acceptOwnership();
        om.acceptOwnership();
        shb.acceptOwnership();
        omRequests.acceptOwnership();
        shbRequests.acceptOwnership();
        signedGateway.acceptOwnership();
        // Most tests trade straight through the ClearingHouse.
        om.setValidSender(alice, true);
        om.setValidSender(bob, true);
        vm.stopPrank();

        depositLp(lp, quoteXCD(1_000_000e18), baseXCD(100e18));
        fund(alice, quoteXCD(1_000_000e18));
        fund(bob, quoteXCD(1_000_000e18));
    }

    // ------------------------------------------------------------------------------------------------- defaults ----

    function collateralDecimals() internal view virtual returns (uint8) {
        return 6;
    }

    function baseDecimals() internal view virtual returns (uint8) {
        return 18;
    }

    function createCollateral() internal virtual returns (TestToken) {
        return TestToken(deployCode("TestToken.sol:TestToken", abi.encode("USD", "USD", collateralDecimals())));
    }

    function createBaseToken() internal virtual returns (TestToken) {
        return TestToken(deployCode("TestToken.sol:TestToken", abi.encode("WETH", "WETH", baseDecimals())));
    }

    /// @dev A fee of 1 wei for each price.
    function createPyth() internal virtual returns (PythDouble) {
        return PythDouble(deployCode("PythDouble.sol:PythDouble", abi.encode(60, 1, 0)));
    }

    function createSpotMarket() internal virtual returns (SpotMarket) {
        return UniswapV3Local(deployCode("UniswapV3Local.sol:UniswapV3Local"))
            .createMarket(weth, usd, 500, START_PRICE, baseXCD(5_000e18));
    }

    /// @dev WAD quote in the collateral's own decimals.
    function quoteXCD(uint256 wad) internal view returns (uint256) {
        return wad / 10 ** (18 - collateralDecimals());
    }

    /// @dev WAD base in the base token's own decimals.
    function baseXCD(uint256 wad) internal view returns (uint256) {
        return wad / 10 ** (18 - baseDecimals());
    }

    function owner() internal returns (address) {
        return makeAddr("owner");
    }

    function config() internal virtual returns (DeployConfig memory c) {
        c.owner = owner();
        c.collateral = address(usd);
        c.base = address(weth);
        c.baseSymbol = "ETH";
        c.pyth = address(pyth);
        c.feed = plainFeed(FEED);
        c.market.initialMarginRatio = 100_000;
        c.market.maintenanceMarginRatio = 62_500;
        c.market.rules.priceBand = 50_000;
        c.market.rules.liquidationPenalty = 25_000;
        c.market.rules.liquidatorShare = 500_000;
        c.market.rules.liquidationBounty = 5e18;
        c.market.rules.deleverageWindow = 1 hours;
        c.market.rules.settlementDelay = 3 days;
        c.market.feeIndexDecimals = 14;
        c.rules = orderRules(3, 10, 60, 0.0001 ether);
        c.oracleMaker.maxSpread = 10_000;
        c.oracleMaker.minMarginRatio = 100_000;
        c.oracleMaker.maxAbsPosition = 500e18;
        c.spot.uniswapV3Factory = address(spot.factory());
        c.spot.pools = new SpotPoolConfig[](1);
        c.spot.pools[0] = SpotPoolConfig({token: address(usd), fee: 500, tickSpacing: 0});
        c.maxHedgeDeviation = 20_000;
        c.hedgeMinMarginRatio = 500_000;
        c.hedgeSpread = 0;
        c.whitelistLps = new address[](1);
        c.whitelistLps[0] = lp;
        c.oracleFloat = 1000;
    }

    /// @dev A market of 300% volatility on a chain whose block times are real times.
    function orderRules(uint24 delay, uint24 priceWindow, uint24 validity, uint64 minKeeperFee)
        internal
        pure
        returns (OrderGateway.Rules memory)
    {
        return OrderGateway.Rules({
            delay: delay,
            priceWindow: priceWindow,
            validity: validity,
            bondRatio: BOND_RATIO,
            checksClock: false,
            keeperGas: 300_000,
            baseFeeFactor: 150,
            minKeeperFee: minKeeperFee,
            feedChangesAt: 0
        });
    }

    /// @dev The fixture's market with other ratios.
    function marketParams(uint24 initial, uint24 maintenance, uint24 priceBand)
        internal
        returns (MarketParams memory params)
    {
        params = config().market;
        params.initialMarginRatio = initial;
        params.maintenanceMarginRatio = maintenance;
        params.rules.priceBand = priceBand;
    }

    /// @dev Pyth only, without limits: every price at most 60 seconds old.
    function plainFeed(bytes32 pythId) internal pure returns (Feed memory feed) {
        feed.pythId = pythId;
        feed.maxAge = 60;
        feed.maxExecutionAge = 60;
        feed.maxLiquidationAge = 60;
        feed.floatFee = 1;
    }

    /// @dev The folder with the artifacts of the build under test: that of the deployment script.
    function artifacts() internal view returns (string memory) {
        string memory script = vm.envOr("DEPLOY_ARTIFACT", string(""));
        if (bytes(script).length != 0) return vm.split(script, "Deploy.s.sol/")[0];
        bool isQuick = keccak256(bytes(vm.envOr("FOUNDRY_PROFILE", string("")))) == keccak256("quick");
        return isQuick ? "packages/contracts/out-quick/" : "packages/contracts/out/";
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    /// @dev The optimizer may take `block.timestamp` for constant within a test and miss a warp.
    function timestamp() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    /// @dev Publishes and stores a price now. `price` is WAD with at most 8 decimals.
    function setPrice(uint256 price) internal {
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(price, timestamp(), timestamp() - 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }

    function priceUpdate(uint256 price, uint256 publishTime, uint256 prevPublishTime)
        internal
        view
        returns (bytes memory)
    {
        int64 pythPrice = int64(uint64(price / 1e10));
        return pyth.createPriceFeedUpdateData(
            FEED, pythPrice, 0, -8, pythPrice, 0, uint64(publishTime), uint64(prevPublishTime)
        );
    }

    /// @dev Moves the pool. Returns the quote that it then pays for one base, WAD, without selling it.
    function moveToAndQuote(uint256 price) internal returns (uint256 quote) {
        spot.moveTo(price);
        uint256 snapshot = vm.snapshotState();
        quote = spot.sellBase(baseXCD(1e18)) * 10 ** (18 - collateralDecimals());
        vm.revertToState(snapshot);
    }

    function setSpread(SpotHedgeMaker hedger, uint24 spread) internal {
        ISpotHedgeVault.Parameters memory p = hedger.parameters();
        p.spread = spread;
        vm.prank(owner());
        hedger.setParameters(p);
    }

    /// @dev Funding that reaches its cap within seconds at the positions of tests: the makers report their capacity, which
    /// {IMarketSettings-setFunding} bounds, only after it is set.
    function setFastFunding(uint64 maxRate, uint128 skewScale) internal {
        address[] memory makers = house.makersOf(market);
        uint256[2][] memory capacities = new uint256[2][](makers.length);
        for (uint256 i = 0; i < makers.length; ++i) {
            (capacities[i][0], capacities[i][1]) = vault.capacityOf(market, makers[i]);
            vm.prank(makers[i]);
            vault.reportCapacity(market, 0, 0);
        }
        vm.prank(owner());
        house.setFunding(market, maxRate, maxRate / uint64(1 hours), skewScale);
        for (uint256 i = 0; i < makers.length; ++i) {
            vm.prank(makers[i]);
            vault.reportCapacity(market, capacities[i][0], capacities[i][1]);
        }
    }

    function fund(address account, uint256 amountXCD) internal {
        usd.mint(account, amountXCD);
        vm.startPrank(account);
        usd.approve(address(vault), type(uint256).max);
        vault.deposit(account, amountXCD);
        vm.stopPrank();
    }

    function addMargin(address account, uint256 amountXCD) internal {
        vm.prank(account);
        vault.transferFundToMargin(market, account, amountXCD);
    }

    /// @dev Adds margin to a maker without shares in return, which otherwise only a taker's loss does.
    function giveMargin(address maker, uint256 amountXCD) internal {
        usd.mint(maker, amountXCD);
        vm.startPrank(maker);
        usd.approve(address(vault), amountXCD);
        vault.depositToMargin(market, maker, amountXCD);
        vm.stopPrank();
    }

    function depositLp(address account, uint256 usdXCD, uint256 wethXCD) internal {
        usd.mint(account, usdXCD);
        weth.mint(account, wethXCD);
        vm.startPrank(account);
        usd.approve(address(om), type(uint256).max);
        weth.approve(address(shb), type(uint256).max);
        if (usdXCD != 0) om.deposit(usdXCD);
        if (wethXCD != 0) shb.deposit(wethXCD);
        vm.stopPrank();
    }

    function buy(address taker, address maker, uint256 base) internal returns (int256, int256) {
        return tradeAs(taker, order(taker, maker, false, false, base));
    }

    function sell(address taker, address maker, uint256 base) internal returns (int256, int256) {
        return tradeAs(taker, order(taker, maker, true, true, base));
    }

    function close(address taker, address maker) internal returns (int256, int256) {
        bool isLong = positionOf(taker).size.unwrap() > 0;
        TradeParams memory params = order(taker, maker, isLong, isLong, type(uint256).max);
        params.isReduceOnly = true;
        return tradeAs(taker, params);
    }

    function tradeAs(address sender, TradeParams memory params) internal returns (int256, int256) {
        vm.prank(sender);
        return house.trade(params);
    }

    /// @dev An order without a bound.
    function order(address taker, address maker, bool isBaseToQuote, bool isExactInput, uint256 amount)
        internal
        view
        returns (TradeParams memory)
    {
        return TradeParams({
            marketId: market,
            taker: taker,
            maker: maker,
            isBaseToQuote: isBaseToQuote,
            isExactInput: isExactInput,
            isReduceOnly: false,
            amount: amount,
            oppositeBound: isExactInput ? 0 : type(uint256).max,
            deadline: timestamp()
        });
    }

    // ---------------------------------------------------------------------------------------------------- reads ----

    function positionOf(address account) internal view returns (Position memory) {
        return vault.positionOf(market, account);
    }

    function sizeOf(address account) internal view returns (int256) {
        return positionOf(account).size.unwrap();
    }

    function marginOf(address account) internal view returns (int256) {
        return positionOf(account).margin.unwrap();
    }

    /// @dev Account value at the stored price less pending fees, WAD.
    function valueOf(address account) internal view returns (int256) {
        (,, Quote value,) = vault.getAccountValue(market, false, account);
        return value.unwrap();
    }
}
