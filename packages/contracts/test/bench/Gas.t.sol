// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MockPyth} from "@pythnetwork/pyth-sdk-solidity/MockPyth.sol";
import {Vm, VmSafe} from "forge-std/Vm.sol";
import {DeployConfig, FundingConfig} from "../../script/Deploy.s.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {Execution, Order, OrderRequest} from "../../src/types/Order.sol";
import {SignedOrder, Submission, Trigger} from "../../src/types/SignedOrder.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {PythDouble} from "../utils/PythDouble.sol";
import {SpotVenue, UniswapV3Venue, UniswapV4Venue} from "../utils/SpotVenues.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev The gas of each scenario as a transaction of its own. `forge test --isolate` makes every outer call a
/// transaction; without it the figures mean nothing. `pnpm bench` runs the scenarios and prints the figures beside the
/// peer's. Other accounts already hold positions and shares, and 12 seconds and a price update separate the steps.
contract GasBench is ExchangeTest {
    uint256 private constant KEEPER_FEE = 0.0001 ether;
    string private constant KEY = "gas";
    string private json;
    /// @dev Counts signed orders, to number them.
    uint256 private orders;

    /// @dev Fees on, as in the peer's figures.
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding = FundingConfig({maxRate: 1.16e12, maxVelocity: 1.34e7, skewScale: 1000e18});
        c.maxBorrowingRate = 6.3e9;
        c.market.rules.minPositionValue = 10e18;
        c.relayers = new address[](1);
        c.relayers[0] = makeAddr("relayer");
        c.spotHedgeQuoteMaker.maxHedgeDeviation = 20_000;
        c.spotHedgeQuoteMaker.minMarginRatio = 200_000;
        c.spotHedgeQuoteMaker.rules =
            IQuoteVault.QuoteRules(500_000, 500_000, 50_000, 150_000, 5_000, 100, 5e6, 30, 3, 10, 60);
    }

    /// @dev The SDK's MockPyth, with which the peer's figures were measured. It decodes less than Pyth and verifies
    /// nothing. Its functions that fixtures call have the double's signatures.
    function createPyth() internal override returns (PythDouble) {
        return PythDouble(address(new MockPyth(60, 1)));
    }

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        om.setValidSender(keeper, true);
        fund(keeper, 500_000 * USD);
        addMargin(bob, 500_000 * USD);
        buy(bob, address(om), 20e18);
        sell(bob, address(shb), 5e18);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
        addMargin(alice, 100_000 * USD);
        _step();
        // Fees have accrued already.
        house.accrue(market);
        _step();
    }

    function test_bench_om() external {
        buy(alice, address(om), 1e18);
        _record("om.open.first");
        buy(alice, address(om), 1e18);
        _record("om.open.increase");
        sell(alice, address(om), 1e18);
        _record("om.reduce");
        sell(alice, address(om), 1e18);
        _record("om.close");
        _write("om");
    }

    function test_bench_shb() external {
        _fillShb("shb");
    }

    function test_bench_shbOnUniswapV4() external {
        address[] memory path = new address[](2);
        (path[0], path[1]) = (address(weth), address(usd));
        _moveHedges(new UniswapV4Venue(), path);
        _fillShb("shb.v4");
    }

    function test_bench_shbInTwoPools() external {
        address[] memory path = new address[](3);
        (path[0], path[2]) = (address(weth), address(usd));
        path[1] = deployCode("TestToken.sol:TestToken", abi.encode("BTC", "BTC", 8));
        _moveHedges(new UniswapV3Venue(), path);
        _fillShb("shb.v3x2");
    }

    /// @dev Another taker has traded along the path already.
    function _moveHedges(SpotVenue venue, address[] memory path) private {
        bool isDirect = path.length == 2;
        venue.createPool(path[0], path[1], isDirect ? 2000 : 1, 5_000);
        if (!isDirect) venue.createPool(path[1], path[2], 2000, 5_000);
        ISpotHedgeVault.Parameters memory parameters = shb.parameters();
        parameters.adapter = venue.adapterFor(path);
        vm.prank(owner());
        shb.setParameters(parameters);
        sell(bob, address(shb), 1e18);
        _step();
        buy(bob, address(shb), 1e18);
        _step();
    }

    function _fillShb(string memory id) private {
        sell(alice, address(shb), 1e18);
        _record(string.concat(id, ".short.first"));
        sell(alice, address(shb), 1e18);
        _record(string.concat(id, ".short.increase"));
        buy(alice, address(shb), 1e18);
        _record(string.concat(id, ".long.reduce"));
        buy(alice, address(shb), 1e18);
        _record(string.concat(id, ".close"));
        _write(id);
    }

    /// @dev Another taker is long against the maker already.
    function test_bench_shq() external {
        SpotHedgeQuoteMaker shq = d.spotHedgeQuoteMaker;
        usd.mint(lp, 1_000_000 * USD);
        vm.startPrank(lp);
        usd.approve(address(shq), type(uint256).max);
        shq.deposit(900_000 * USD);
        vm.stopPrank();
        buy(bob, address(shq), 25e18);
        _step();
        vm.prank(lp);
        shq.deposit(1000 * USD);
        _record("shq.lp.deposit");
        buy(alice, address(shq), 1e18);
        _record("shq.long.first");
        buy(alice, address(shq), 1e18);
        _record("shq.long.increase");
        sell(alice, address(shq), 1e18);
        _record("shq.short.reduce");
        sell(alice, address(shq), 1e18);
        _record("shq.close");
        uint256 shares = shq.balanceOf(lp) / 1000;
        vm.prank(lp);
        shq.withdraw(shares);
        _record("shq.lp.withdraw");
        skip(12);
        setPrice(2200e18);
        vm.prank(keeper);
        shq.rebalance();
        _record("shq.rebalance");
        _write("shq");
    }

    function test_bench_lp() external {
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        om.deposit(1000 * USD);
        _record("om.lp.deposit");
        uint256 shares = om.balanceOf(lp) / 1000;
        vm.prank(lp);
        om.withdraw(shares);
        _record("om.lp.withdraw");
        weth.mint(lp, 1e18);
        vm.prank(lp);
        shb.deposit(1e18);
        _record("shb.lp.deposit");
        shares = shb.balanceOf(lp) / 1000;
        vm.prank(lp);
        shb.withdraw(shares);
        _record("shb.lp.withdraw");
        _write("lp");
    }

    /// @dev Other LPs have requested, settled and claimed already.
    function test_bench_lpRequestVault() external {
        _enterAndLeave(omRequests, usd, 1000 * USD, "");
        _enterAndLeave(omRequests, usd, 1000 * USD, "om");
        _enterAndLeave(shbRequests, weth, 1e18, "");
        _enterAndLeave(shbRequests, weth, 1e18, "shb");
        _write("lpRequestVault");
    }

    function _enterAndLeave(LpRequestVault requests, TestToken token, uint256 assets, string memory id) private {
        address party = bytes(id).length == 0 ? bob : alice;
        token.mint(party, assets);
        vm.deal(party, 1 ether);
        vm.prank(party);
        token.approve(address(requests), assets);
        vm.prank(party);
        requests.requestDeposit{value: KEEPER_FEE}(assets, party, party, 1, 0);
        _recordAs(id, ".lp.requestDeposit");
        _settle(requests);
        _recordAs(id, ".lp.settleDeposit");
        vm.prank(party);
        uint256 shares = requests.deposit(assets, party);
        _recordAs(id, ".lp.claimShares");
        vm.prank(party);
        requests.requestRedeem{value: KEEPER_FEE}(shares, party, party, 1, 0);
        _recordAs(id, ".lp.requestRedeem");
        _settle(requests);
        _recordAs(id, ".lp.settleRedeem");
        vm.prank(party);
        requests.redeem(shares, party, party);
        _recordAs(id, ".lp.claimAssets");
    }

    function _settle(LpRequestVault requests) private {
        uint256 executableAt = requests.requestOf(requests.head()).executableAt;
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = new bytes[](1);
        updates[0][0] = priceUpdate(START_PRICE, executableAt, executableAt - 1);
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        requests.settle(updates, 1);
    }

    function _recordAs(string memory id, string memory step) private {
        if (bytes(id).length == 0) _step();
        else _record(string.concat(id, step));
    }

    /// @dev The taker has traded through the gateway before: its escrow covers the bond of an order of this size.
    function test_bench_gateway() external {
        buy(alice, address(om), 1e18);
        (uint256 id, Order memory order) = _create(address(om), false);
        _record("gateway.create.first");
        _execute(id, order);
        _step();
        (id, order) = _create(address(om), false);
        _record("gateway.create");
        _execute(id, order);
        _record("gateway.execute");
        (id, order) = _create(address(shb), true);
        _step();
        _execute(id, order);
        _record("shb.gateway.execute");
        // Creation also reads the price source, for a chain whose clock may be behind (T38), and the feed (T39).
        OrderGateway.Rules memory rules = gateway.rulesOf(market);
        rules.checksClock = true;
        vm.prank(owner());
        gateway.setRules(market, rules);
        _create(address(om), false);
        _record("gateway.create.clock");
        _write("gateway");
    }

    /// @dev Ten orders of ten takers with positions, of one second or of ten. On chain, each verification of a price update
    /// costs 60,000 gas more than MockPyth's: tools/bench.mjs adds it.
    function test_bench_gatewayBatch() external {
        address[] memory takers = new address[](10);
        for (uint256 i = 0; i < 10; ++i) {
            takers[i] = makeAddr(string.concat("taker", vm.toString(i)));
            address taker = takers[i];
            fund(taker, 20_000 * USD);
            addMargin(taker, 10_000 * USD);
            vm.deal(taker, 1 ether);
            vm.prank(taker);
            vault.setOperator(address(gateway), true);
            vm.prank(owner());
            om.setValidSender(taker, true);
            buy(taker, address(om), 1e18);
        }
        // Every taker has traded through the gateway before.
        _executeBatch(takers, 0);
        _step();
        _executeBatch(takers, 0);
        _record("gateway.batch.oneTime");
        _executeBatch(takers, 1);
        _record("gateway.batch.tenTimes");
        _write("gatewayBatch");
    }

    /// @param interval seconds between the orders
    function _executeBatch(address[] memory takers, uint256 interval) private {
        Execution[] memory executions = new Execution[](takers.length);
        bytes[][] memory updates = new bytes[][](interval == 0 ? 1 : takers.length);
        for (uint256 i = 0; i < takers.length; ++i) {
            (uint256 id, Order memory order) = _createAs(takers[i], address(om), false);
            executions[i] = Execution(id, order, interval == 0 ? 0 : i);
            if (i < updates.length) {
                updates[i] = new bytes[](1);
                updates[i][0] = priceUpdate(START_PRICE, order.executableAt, order.executableAt - 1);
            }
            if (interval != 0) skip(interval);
        }
        vm.warp(uint256(executions[takers.length - 1].order.executableAt) + 1);
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        uint256 executed = gateway.executeOrders(executions, updates);
        require(executed == takers.length, "every order is executed");
    }

    /// @dev The relayer has been paid once, and both accounts have used nonces.
    function test_bench_signed() external {
        (, uint256 aliceKey) = makeAddrAndKey("alice");
        (, uint256 bobKey) = makeAddrAndKey("bob");
        address relayer = makeAddr("relayer");
        fund(relayer, 1000 * USD);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), true);
        vm.prank(bob);
        vault.setOperator(address(signedGateway), true);
        vm.prank(alice);
        signedGateway.cancelOrder(0);
        vm.prank(bob);
        signedGateway.cancelOrder(0);
        buy(alice, address(om), 1e18);
        _step();
        skip(2);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(START_PRICE, timestamp(), timestamp() - 1);
        Submission memory taker = _signed(alice, aliceKey, false, address(om), 2100e18);
        vm.prank(relayer);
        signedGateway.settle(taker, address(om), 1e18, update);
        _record("signed.om.increase");
        taker = _signed(alice, aliceKey, false, address(0), 2100e18);
        Submission memory maker = _signed(bob, bobKey, true, address(0), 2001e18);
        vm.prank(relayer);
        signedGateway.matchOrders(taker, maker, 1e18, new bytes[](0));
        _record("signed.p2p.increase");
        assertEq(vault.fundOf(relayer), 1003 * USD, "relay fees on");
        _write("signed");
    }

    /// @dev Ten orders of ten accounts in one batch of a relayer, each with the price update of this moment. The figure is
    /// of the batch. The price double verifies no signatures: each verification of an update adds about 60,000 gas on a
    /// chain. The relayer has been paid once, and the accounts have used ids and have positions.
    function test_bench_signedBatch() external {
        address relayer = makeAddr("relayer");
        fund(relayer, 1000 * USD);
        Submission[10] memory submissions;
        for (uint256 i = 0; i < 10; ++i) {
            (address taker, uint256 key) = makeAddrAndKey(string.concat("taker", vm.toString(i)));
            fund(taker, 100_000 * USD);
            addMargin(taker, 50_000 * USD);
            vm.prank(owner());
            om.setValidSender(taker, true);
            buy(taker, address(om), 1e18);
            vm.prank(taker);
            vault.setOperator(address(signedGateway), true);
            vm.prank(taker);
            signedGateway.cancelOrder(0);
            submissions[i] = _signed(taker, key, false, address(om), 2100e18);
        }
        _step();
        skip(2);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(START_PRICE, timestamp(), timestamp() - 1);
        bytes[] memory calls = new bytes[](10);
        for (uint256 i = 0; i < 10; ++i) {
            calls[i] = abi.encodeCall(signedGateway.settle, (submissions[i], address(om), 1e18, update));
        }
        vm.prank(relayer);
        signedGateway.batch(calls, 1_000_000);
        _record("signed.batch10");
        assertEq(vault.fundOf(relayer), 1010 * USD, "every order is filled");
        _write("signedBatch");
    }

    function _signed(address account, uint256 key, bool isBaseToQuote, address maker, uint256 price)
        private
        returns (Submission memory)
    {
        ++orders;
        SignedOrder memory order = SignedOrder({
            account: account,
            marketId: market,
            maker: maker,
            isBaseToQuote: isBaseToQuote,
            isReduceOnly: false,
            amount: 1e18,
            minFill: 1e18,
            price: price,
            trigger: Trigger.None,
            triggerPrice: 0,
            marginXCD: 0,
            maxRelayFeeXCD: USD,
            takeProfitPrice: 0,
            stopPrice: 0,
            exitFeeXCD: 0,
            validFrom: 0,
            expiresAt: timestamp() + 1 hours,
            nonce: 0,
            id: orders
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, signedGateway.hashOrder(order));
        return Submission({order: order, signature: abi.encodePacked(r, s, v), relayFeeXCD: USD});
    }

    function test_bench_liquidate() external {
        addMargin(keeper, 200_000 * USD);
        address carol = makeAddr("carol");
        fund(carol, 250 * USD);
        addMargin(carol, 250 * USD);
        vm.prank(owner());
        om.setValidSender(carol, true);
        buy(carol, address(om), 1e18);
        // The liquidator has a position already.
        buy(keeper, address(om), 1e18);
        skip(12);
        setPrice(1800e18);
        vm.prank(keeper);
        house.liquidate(
            LiquidationParams({
                marketId: market,
                account: carol,
                liquidator: keeper,
                maker: address(0),
                amount: type(uint256).max,
                minReward: 0,
                priceBound: 0
            })
        );
        _record("liquidate");
        assertEq(sizeOf(carol), 0, "whole position");
        _write("liquidate");
    }

    function test_bench_vault() external {
        buy(alice, address(om), 1e18);
        _step();
        usd.mint(alice, 1000 * USD);
        vm.startPrank(alice);
        vault.deposit(alice, 1000 * USD);
        _record("vault.deposit");
        vault.transferFundToMargin(market, alice, 1000 * USD);
        _record("vault.fundToMargin");
        vault.transferMarginToFund(market, alice, 1000 * USD);
        _record("vault.marginToFund");
        vault.withdraw(1000 * USD, alice);
        _record("vault.withdraw");
        vm.stopPrank();
        _write("vault");
    }

    function _create(address maker, bool isBaseToQuote) private returns (uint256 id, Order memory order) {
        return _createAs(alice, maker, isBaseToQuote);
    }

    function _createAs(address taker, address maker, bool isBaseToQuote)
        private
        returns (uint256 id, Order memory order)
    {
        OrderRequest memory request = orderRequest(market, maker, isBaseToQuote, 1e18);
        request.oppositeBound = isBaseToQuote ? 1900e18 : 2100e18;
        request.isPoolPriced = maker == address(shb);
        order = orderTerms(taker, request, timestamp(), KEEPER_FEE);
        vm.prank(taker);
        id = gateway.createOrder{value: KEEPER_FEE}(request);
    }

    function _execute(uint256 id, Order memory order) private {
        uint256 publishTime = order.executableAt;
        if (timestamp() < publishTime) vm.warp(publishTime + 1);
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(START_PRICE, publishTime, publishTime - 1);
        vm.deal(keeper, 1 ether);
        vm.prank(keeper);
        gateway.executeOrder(id, order, update);
    }

    /// @dev Records the gas of the last transaction, skips 12 seconds and updates the price.
    function _record(string memory id) private {
        Vm.Gas memory gas = vm.lastCallGas();
        json = vm.serializeUint(KEY, id, gas.gasTotalUsed);
        (bool pranked, address sender) = _pauseCaller();
        _step();
        if (pranked) vm.startPrank(sender);
    }

    function _pauseCaller() private returns (bool pranked, address sender) {
        VmSafe.CallerMode mode;
        (mode, sender,) = vm.readCallers();
        pranked = mode == VmSafe.CallerMode.RecurrentPrank;
        if (pranked) vm.stopPrank();
    }

    function _step() private {
        skip(12);
        setPrice(START_PRICE);
    }

    /// @dev Without an output folder the scenarios run and write nothing.
    function _write(string memory group) private {
        string memory folder = vm.envOr("BENCH_OUT", string(""));
        if (bytes(folder).length != 0) vm.writeJson(json, string.concat(folder, "/", group, ".json"));
    }
}
